"""Values of symbolic tensors that are known all the same: sizes of axes, and what is computed of them.

``tf.reshape(x, [tf.shape(x)[0], -1])`` on a KerasTensor: the first size is a KerasTensor itself, whose value is the
batch size. To infer the shape of the result, it is computed for the two sizes that stand for an unknown one.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch.utils import _pytree as pytree

from torchkeras_compat.device import shape_inference_device
from torchkeras_compat.dtypes.names import is_int_dtype
from torchkeras_compat.symbolic.keras_tensor import KerasTensor, to_meta
from torchkeras_compat.symbolic.operation import FunctionCall
from torchkeras_compat.symbolic.shapes import TRIALS, say_unknown_sizes, spec_of
from torchkeras_compat.variable_base import VariableBase

_LONGEST = 64  # a shape has no more elements
_MOST_SIZES = 8  # that are tried


def infer(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Return what ``function`` would return, with KerasTensors in place of tensors.

    Args:
        function: Code that runs on meta tensors.
        *args: Arguments with KerasTensors anywhere.
        **kwargs: Keyword arguments with KerasTensors anywhere.
    """
    try:
        first = _tried(function, args, kwargs, TRIALS[0])
    except Exception as error:
        for size in _constant_sizes(args, kwargs):  # the batch may be as large as that of a constant
            try:
                return pytree.tree_map(lambda x: spec_of(x, x), _tried(function, args, kwargs, size))
            except Exception:  # the error of the open size is the one to tell
                continue
        say_unknown_sizes(error, lambda: _tried(function, args, kwargs, TRIALS[1]))
        raise
    second = _tried(function, args, kwargs, TRIALS[1])
    return pytree.tree_map(spec_of, first, second)


def _constant_sizes(args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[int]:
    leaves = pytree.tree_leaves((args, kwargs))
    if not any(isinstance(x, KerasTensor) and None in x.shape for x in leaves):
        return []
    constants = [x for x in leaves if isinstance(x, (torch.Tensor, np.ndarray)) and x.ndim and x.shape[0] > 1]
    numbers = [x for x in leaves if type(x) is int and 1 <= x < _LONGEST]  # a size, as of `tf.broadcast_to`
    lists = [len(x) for x in pytree.tree_leaves((args, kwargs), is_leaf=_is_list_of_lists) if isinstance(x, list)]
    return list(dict.fromkeys([*(x.shape[0] for x in constants), *lists, *numbers]))[:_MOST_SIZES]


def _is_list_of_lists(x: Any) -> bool:
    return isinstance(x, list) and len(x) > 0 and all(isinstance(part, list) for part in x)


def known_value(x: KerasTensor, unknown: int) -> torch.Tensor | None:
    """Return the value of a symbolic tensor for a number in place of unknown sizes; None where it depends on data."""
    is_size = is_int_dtype(x.dtype) or x.dtype == "bool" or x.shape == ()
    if not is_size or None in x.shape or math.prod(x.shape) > _LONGEST or x.node is None:
        return None
    known: dict[int, torch.Tensor | None] = x.__dict__.setdefault("_known_values", {})
    if unknown not in known:  # once: what is made of one tensor in several ways would be computed over and over
        known[unknown] = _computed(x, unknown)
    return known[unknown]


def _computed(x: KerasTensor, unknown: int) -> torch.Tensor | None:
    node: Any = x.node
    if not isinstance(node.operation, FunctionCall):
        return None
    try:
        inputs = pytree.tree_map(
            lambda leaf: _needed(leaf, unknown) if isinstance(leaf, KerasTensor) else leaf, (node.args, node.kwargs)
        )
        with torch.no_grad():
            found = pytree.tree_leaves(node.operation.call(*inputs[0], **inputs[1]))[x.index]
    except Exception:  # it depends on values, which meta tensors have not
        return None
    return found if isinstance(found, torch.Tensor) and found.device.type != "meta" else None


def known_sizes(shape: Any) -> list[int | None] | None:
    """Return a shape given as a KerasTensor, or as a list with some in it, with None for sizes that are not known.

    None if not even their number is.
    """
    found = [_sizes(shape, unknown) for unknown in TRIALS[:2]]
    if found[0] is None or found[1] is None:
        return None
    return [a if a == b and a != -1 else None for a, b in zip(found[0], found[1], strict=True)]


def _sizes(shape: Any, unknown: int) -> list[int] | None:
    if isinstance(shape, KerasTensor):
        value = known_value(shape, unknown)
        shape = None if value is None else value
    if isinstance(shape, (torch.Tensor, np.ndarray)):
        return [int(size) for size in shape.reshape(-1).tolist()]
    if not isinstance(shape, (list, tuple)):
        return None
    parts = [[size] if isinstance(size, int) else _sizes(size, unknown) for size in shape]
    return None if any(part is None for part in parts) else [size for part in parts for size in part or []]


def _needed(x: KerasTensor, unknown: int) -> torch.Tensor:
    value = known_value(x, unknown)
    return to_meta(x, unknown) if value is None else value


def _tried(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], unknown: int) -> Any:
    """Run with small integer constants as they are, since they may be shapes, or else without the values of any."""
    leaves = pytree.tree_leaves((args, kwargs))
    try:
        return _run(function, args, kwargs, unknown, keeps_integers=True)
    except Exception:
        has_constants = any(isinstance(x, (torch.Tensor, VariableBase)) for x in leaves)
        has_values = any(isinstance(x, KerasTensor) and known_value(x, unknown) is not None for x in leaves)
        if has_constants:
            with contextlib.suppress(Exception) if has_values else contextlib.nullcontext():
                return _run(function, args, kwargs, unknown, keeps_integers=False)
        if not has_values:
            raise
        with contextlib.suppress(Exception):  # known values may not meet those that are not
            return _run(function, args, kwargs, unknown, keeps_integers=False, keeps_known=False)
        raise


def _run(
    function: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    unknown: int,
    keeps_integers: bool,
    keeps_known: bool = True,
) -> Any:
    def concrete(x: Any) -> Any:
        if isinstance(x, KerasTensor):
            return _needed(x, unknown) if keeps_known else to_meta(x, unknown)
        if isinstance(x, VariableBase):
            x = x.value
        if not isinstance(x, torch.Tensor):
            return x
        is_kept = keeps_integers and x.numel() <= _LONGEST and not (x.is_floating_point() or x.is_complex())
        return x if is_kept else x.to("meta")

    args, kwargs = pytree.tree_map(concrete, (args, kwargs))
    with torch.no_grad(), shape_inference_device():
        return function(*args, **kwargs)
