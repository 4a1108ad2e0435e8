"""Parts of tensors taken by index."""

from __future__ import annotations

import math
from typing import Any

import torch

from torchkeras_compat.dialects.tensorflow.calls import tensor_function
from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.operands import axis_of, booleans, check_indices, integer, tensor
from torchkeras_compat.dtypes.names import standardize_dtype
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


@tensor_function(strings=("params",))
def gather(
    params: Any,
    indices: Any,
    validate_indices: Any = None,
    axis: Any = None,
    batch_dims: int = 0,
    name: str | None = None,
) -> torch.Tensor:
    """Return the slices of ``params`` that ``indices`` name along an axis.

    Args:
        params: Tensor to take from.
        indices: Integer tensor of any shape, whose axes take the place of ``axis``.
        validate_indices: Not used.
        axis: Axis to take along; None for the one after the batch axes.
        batch_dims: Number of leading axes that both tensors have, and that stay together.
        name: Not used.

    Raises:
        InvalidArgumentError: an index, an axis or ``batch_dims`` lies outside.

    Example:
        >>> gather(torch.tensor([5, 6, 7]), [2, 0]).tolist()
        [7, 5]
    """
    x, index = tensor(params), _index(indices)
    batch = integer(batch_dims, "batch_dims")
    batch = batch + index.ndim if batch < 0 else batch
    at = batch if axis is None else axis_of(axis, x.ndim)
    if not 0 <= batch <= min(index.ndim, at):
        raise InvalidArgumentError(
            f"batch_dims={batch_dims} must not exceed the axes of indices ({index.ndim}), nor axis={at}."
        )
    if x.shape[:batch] != index.shape[:batch]:
        raise InvalidArgumentError(
            f"The first {batch} axes of `params` and `indices` differ: {tuple(x.shape)} and {tuple(index.shape)}"
        )
    check_indices(index, x.shape[at], "gather")
    if not batch:
        return x.index_select(at, index.reshape(-1)).reshape(*x.shape[:at], *index.shape, *x.shape[at + 1 :])
    rows = math.prod(x.shape[:batch])
    flat = x.reshape(rows, *x.shape[batch:]).movedim(at - batch + 1, 1)
    lines = torch.arange(rows, device=x.device)[:, None]
    picked = flat[lines, index.reshape(rows, -1)]  # rows, indices, the other axes
    picked = picked.movedim(1, at - batch + 1)
    return picked.reshape(*x.shape[:at], *index.shape[batch:], *x.shape[at + 1 :])


@tensor_function(strings=("params",))
def batch_gather(params: Any, indices: Any, name: str | None = None) -> torch.Tensor:
    """Return :func:`gather` along the last axis of ``indices``, all axes before it being batch axes."""
    index = _index(indices)
    function: Any = gather
    found: torch.Tensor = function.__wrapped__(params, index, batch_dims=index.ndim - 1)
    return found


@tensor_function(strings=("params",))
def gather_nd(params: Any, indices: Any, batch_dims: int = 0, name: str | None = None) -> torch.Tensor:
    """Return the slices of ``params`` at positions, which the last axis of ``indices`` holds.

    Raises:
        InvalidArgumentError: a position lies outside, or has more indices than ``params`` axes.
    """
    x, index = tensor(params), _index(indices)
    batch = integer(batch_dims, "batch_dims")
    if index.ndim < 1 + batch or batch > x.ndim:
        raise InvalidArgumentError(
            f"`indices` of shape {tuple(index.shape)} and `params` of shape {tuple(x.shape)} have not {batch} batch"
            " axes and a last axis of indices."
        )
    if index.ndim == 1:  # one position, as one of several: torch would look at its values
        function: Any = gather_nd
        one: torch.Tensor = function.__wrapped__(x, index[None])
        return one[0]
    depth = index.shape[-1]
    if depth + batch > x.ndim:
        raise InvalidArgumentError(f"Positions of {depth} indices do not fit `params` of shape {tuple(x.shape)}.")
    for i in range(depth):
        check_indices(index[..., i], x.shape[batch + i], "gather_nd")
    lead = [
        torch.arange(x.shape[b], device=x.device).reshape([-1 if i == b else 1 for i in range(index.ndim - 1)])
        for b in range(batch)
    ]
    keys = (*lead, *index.unbind(-1))
    return x[keys] if keys else x.expand(*index.shape[:-1], *x.shape).clone()


def _masked_spec(tensor: Any, mask: Any, axis: Any = None, name: str = "boolean_mask") -> KerasTensor:
    rank = len(tensor.shape)
    at = 0 if axis is None else axis_of(axis, rank)
    covered = len(mask.shape) if hasattr(mask, "shape") else as_tensor(mask).ndim
    return KerasTensor((*tensor.shape[:at], None, *tensor.shape[at + covered :]), standardize_dtype(tensor.dtype))


@tensor_function(strings=("tensor",), spec=_masked_spec)
def boolean_mask(tensor: Any, mask: Any, axis: Any = None, name: str = "boolean_mask") -> torch.Tensor:
    """Return the elements where ``mask`` is true; its axes, from ``axis`` on, become one.

    Raises:
        ValueError: the mask has no axes, or its shape is not that of the axes it covers.
    """
    x, chosen = as_tensor(tensor), booleans(mask, "boolean_mask")
    at = 0 if axis is None else axis_of(axis, x.ndim)
    if not chosen.ndim:
        raise ValueError("A mask needs at least one axis. Received a mask without axes.")
    if x.shape[at : at + chosen.ndim] != chosen.shape:
        raise ValueError(
            f"Shape {tuple(chosen.shape)} of the mask differs from that of the axes it covers, in {tuple(x.shape)} from"
            f" axis {at} on."
        )
    return x[(slice(None),) * at + (chosen.to(x.device),)]


def _index(indices: Any) -> torch.Tensor:
    found = tensor(indices)
    if found.is_floating_point() or found.dtype is torch.bool:
        raise InvalidArgumentError(f"Indices must be integers. Received dtype {found.dtype}.")
    return found.to(torch.int64)


as_tensor = tensor
