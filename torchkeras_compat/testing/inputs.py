"""Inputs of a layer: made from shapes, of any batch size, as arrays or as symbols.

A specification is the shape of one sample as ``Input`` takes it (None for an axis of any length), a tensor or array
with a batch of samples, or a list or dict of these. A dict whose keys are arguments of ``call`` gives each its input.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from torchkeras_compat.dtypes.names import standardize_dtype
from torchkeras_compat.layers.core.input_layer import Input
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.symbolic.keras_tensor import KerasTensor

BATCH = 3
FREE_AXIS = 6  # length of an axis that may have any


def is_shape(spec: Any) -> bool:
    """Return whether a specification is the shape of one sample."""
    return isinstance(spec, (tuple, torch.Size)) and all(x is None or isinstance(x, int) for x in spec)


def map_leaves(function: Callable[[Any], Any], spec: Any) -> Any:
    """Return the structure of a specification with ``function`` applied to each shape, tensor and array.

    Raises:
        TypeError: it holds something else.
    """
    if is_shape(spec) or isinstance(spec, (torch.Tensor, np.ndarray)):
        return function(spec)
    if isinstance(spec, dict):
        return {key: map_leaves(function, value) for key, value in spec.items()}
    if isinstance(spec, (list, tuple)):
        return type(spec)(map_leaves(function, value) for value in spec)
    raise TypeError(
        "The inputs of a layer are the shape of one sample, such as (8,) or (None, 4), a tensor or array with a batch "
        f"of samples, or a list or dict of these. Received: {spec!r:.80}"
    )


def make_inputs(spec: Any, batch: int = BATCH, free: int = FREE_AXIS) -> Any:
    """Return tensors for a specification; floats are normally distributed.

    Args:
        spec: The specification.
        batch: Number of samples; those of a tensor are repeated or cut.
        free: Length of the axes of any length.

    Example:
        >>> make_inputs((None, 2), batch=4).shape
        torch.Size([4, 6, 2])
    """

    def make(leaf: Any) -> torch.Tensor:
        if is_shape(leaf):
            return torch.randn(batch, *(free if size is None else size for size in leaf))
        x = convert_to_tensor(leaf).detach().cpu()
        x = x.float() if x.dtype is torch.float64 else x
        return x[torch.arange(batch) % len(x)] if len(x) != batch else x.clone()

    return map_leaves(make, spec)


def make_symbols(spec: Any) -> Any:
    """Return symbolic inputs for a specification, with an open batch axis."""

    def make(leaf: Any) -> KerasTensor:
        if is_shape(leaf):
            return Input(tuple(leaf))
        x = convert_to_tensor(leaf)
        return Input(tuple(x.shape[1:]), dtype=standardize_dtype(torch.float32 if x.is_floating_point() else x.dtype))

    return map_leaves(make, spec)


def shapes(value: Any) -> Any:
    """Return the structure of ``value`` with the shape in place of each tensor or symbol."""
    if isinstance(value, dict):
        return {key: shapes(x) for key, x in value.items()}
    if isinstance(value, (list, tuple)):
        return [shapes(x) for x in value]
    return tuple(value.shape) if isinstance(value, (torch.Tensor, KerasTensor)) else value


def with_open_batch(shape: Any) -> Any:
    """Return shapes with None as batch axis."""
    if isinstance(shape, dict):
        return {key: with_open_batch(x) for key, x in shape.items()}
    return (None, *shape[1:]) if isinstance(shape, tuple) else [with_open_batch(x) for x in shape]


def fits(inferred: Any, real: Any) -> bool:
    """Return whether inferred shapes, None for an axis that is not known, describe the real ones.

    Example:
        >>> fits((None, 3), (2, 3)), fits((None, 4), (2, 3))
        (True, False)
    """
    if isinstance(real, dict):
        return isinstance(inferred, dict) and all(k in inferred and fits(inferred[k], v) for k, v in real.items())
    if isinstance(real, list):
        return isinstance(inferred, (list, tuple)) and len(inferred) == len(real) and all(map(fits, inferred, real))
    if real is None or not isinstance(inferred, (tuple, list)):
        return real is inferred
    return len(inferred) == len(real) and all(a in (None, b) for a, b in zip(inferred, real))
