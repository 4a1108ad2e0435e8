"""Output shapes and dtypes, found by running a function on meta tensors."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch.utils import _pytree as pytree

from torchkeras_compat.device import is_inferring_shapes, shape_inference_device
from torchkeras_compat.dtypes.names import standardize_dtype
from torchkeras_compat.symbolic.constants_on_meta import ConstantsOnMeta
from torchkeras_compat.symbolic.keras_tensor import KerasTensor, to_meta

# Unknown sizes are tried as two numbers: an output size that differs between the runs is unknown too. Both have
# many divisors, so that reshapes and strides fit.
TRIALS = (240, 480)
# Where these are too many, such as for a table of 20 positions that is cut to the length of the input.
_SMALL_TRIALS = ((12, 24), (4, 8), (1, 2))


def open_batch(shape: Sequence[int | None]) -> tuple[int | None, ...]:
    """Return a shape met during shape inference with None in place of a batch size that stands for any.

    Other axes stay: a size of theirs may as well be one that is known.
    """
    return (None, *shape[1:]) if shape and shape[0] in TRIALS else tuple(shape)


def infer_outputs(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Return what ``function`` would return, with KerasTensors in place of tensors.

    Args:
        function: Code that runs on meta tensors.
        args: Positional arguments with KerasTensors anywhere.
        kwargs: Keyword arguments with KerasTensors anywhere.
    """
    leaves = [x for x in pytree.tree_leaves((args, kwargs)) if isinstance(x, KerasTensor)]
    is_open = any(None in x.shape for x in leaves)
    is_inside = is_inferring_shapes()  # of another, which tries again
    try:
        return _found(function, args, kwargs, TRIALS if is_open else TRIALS[:1])
    except Exception as error:
        if is_open:
            found = _with_sizes_of_constants(function, args, kwargs)
            if found is not None:
                return found
        if not is_inside:
            with ConstantsOnMeta():
                for sizes in (TRIALS, *_SMALL_TRIALS) if is_open else (TRIALS[:1],):
                    with contextlib.suppress(Exception):  # the error of the first run is the one to tell
                        return _found(function, args, kwargs, sizes)
        if is_open:
            say_unknown_sizes(error, lambda: _run(function, args, kwargs, TRIALS[1]))
        raise


def _found(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], sizes: Sequence[int]) -> Any:
    """Return the outputs of runs with each of the sizes in place of unknown ones."""
    first = _run(function, args, kwargs, sizes[0])
    second = _run(function, args, kwargs, sizes[1]) if len(sizes) > 1 else first
    return pytree.tree_map(spec_of, first, second)


def _with_sizes_of_constants(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Return the outputs for the batch size that a constant among the arguments has; None if there is no such."""
    leaves = pytree.tree_leaves((args, kwargs))
    sizes = [x.shape[0] for x in leaves if isinstance(x, (torch.Tensor, np.ndarray)) and x.ndim and x.shape[0] > 1]
    for size in dict.fromkeys(sizes):
        try:
            return pytree.tree_map(lambda x: spec_of(x, x), _run(function, args, kwargs, size))
        except Exception:  # the error of the open size is the one to tell
            continue
    return None


def say_unknown_sizes(error: Exception, again: Callable[[], Any]) -> None:
    """Let the text of an error say None for the sizes that were made up.

    Args:
        error: What a run raised in which unknown sizes were ``TRIALS[0]``.
        again: The same run with ``TRIALS[1]``: numbers of the text that grow with it are made up.
    """
    if len(error.args) != 1 or not isinstance(error.args[0], str):
        return
    try:
        again()
    except Exception as other:
        numbers = [re.split(r"(\d+)", text) for text in (error.args[0], str(other.args[0]) if other.args else "")]
        if len(numbers[0]) == len(numbers[1]):
            error.args = ("".join(map(_said, *numbers)),)


def _said(part: str, grown: str) -> str:
    if part == grown or not (part.isdigit() and grown.isdigit()):
        return part
    factor, rest = divmod(int(part), TRIALS[0])
    if rest or int(grown) != factor * TRIALS[1]:
        return "None"
    return "None" if factor == 1 else f"None*{factor}"


def _run(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], unknown: int) -> Any:
    def concrete(x: Any) -> Any:
        if isinstance(x, KerasTensor):
            return to_meta(x, unknown)
        return x.to("meta") if isinstance(x, torch.Tensor) else x

    args, kwargs = pytree.tree_map(concrete, (args, kwargs))
    with torch.no_grad(), shape_inference_device():
        return function(*args, **kwargs)


def spec_of(x: Any, other: Any) -> Any:
    """Return a symbolic tensor like a result, with None where that of another batch size is not as long."""
    if not isinstance(x, torch.Tensor):
        return x
    shape = tuple(a if a == b else None for a, b in zip(x.shape, other.shape, strict=True))
    return KerasTensor(shape, standardize_dtype(x.dtype))
