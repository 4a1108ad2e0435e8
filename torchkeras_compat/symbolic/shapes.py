"""Output shapes and dtypes, found by running a function on meta tensors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch.utils import _pytree as pytree

from torchkeras_compat.device import shape_inference_device
from torchkeras_compat.dtypes.names import standardize_dtype
from torchkeras_compat.symbolic.keras_tensor import KerasTensor, to_meta

# Unknown sizes are tried as two numbers: an output size that differs between the runs is unknown too. Both have
# many divisors, so that reshapes and strides fit.
TRIALS = (240, 480)


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
    first = _run(function, args, kwargs, TRIALS[0])
    if not any(None in x.shape for x in leaves):
        return pytree.tree_map(lambda x: _spec(x, x), first)
    second = _run(function, args, kwargs, TRIALS[1])
    return pytree.tree_map(_spec, first, second)


def _run(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], unknown: int) -> Any:
    def concrete(x: Any) -> Any:
        if isinstance(x, KerasTensor):
            return to_meta(x, unknown)
        return x.to("meta") if isinstance(x, torch.Tensor) else x

    args, kwargs = pytree.tree_map(concrete, (args, kwargs))
    with torch.no_grad(), shape_inference_device():
        return function(*args, **kwargs)


def _spec(x: Any, other: Any) -> Any:
    if not isinstance(x, torch.Tensor):
        return x
    shape = tuple(a if a == b else None for a, b in zip(x.shape, other.shape, strict=True))
    return KerasTensor(shape, standardize_dtype(x.dtype))
