"""Values put into tensors by index."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.dialects.tensorflow.calls import tensor_function
from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.operands import check_indices, operands, sizes, tensor
from torchkeras_compat.dtypes.names import standardize_dtype
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


@tensor_function
def scatter_nd(indices: Any, updates: Any, shape: Any, name: str | None = None) -> torch.Tensor:
    """Return zeros of a shape to which ``updates`` are added at positions.

    Args:
        indices: ``(..., depth)``: positions along the first ``depth`` axes.
        updates: ``(..., rest)``: one slice for each position; those of one position add up.
        shape: Shape of the result.
        name: Not used.

    Raises:
        InvalidArgumentError: shapes do not fit, or a position lies outside.

    Example:
        >>> scatter_nd([[1], [3], [1]], [5, 6, 7], [4]).tolist()
        [0, 12, 0, 6]
    """
    values = tensor(updates)
    return _put(values.new_zeros(sizes(shape)), indices, values, "sum")


@tensor_function(strings=("tensor", "updates"))
def tensor_scatter_nd_update(tensor: Any, indices: Any, updates: Any, name: str | None = None) -> torch.Tensor:
    """Return ``tensor`` with slices replaced at positions; see :func:`scatter_nd` for the shapes."""
    return _put(*_given(tensor, indices, updates), "replace")


@tensor_function
def tensor_scatter_nd_add(tensor: Any, indices: Any, updates: Any, name: str | None = None) -> torch.Tensor:
    """Return ``tensor`` with ``updates`` added at positions."""
    return _put(*_given(tensor, indices, updates), "sum")


@tensor_function
def tensor_scatter_nd_sub(tensor: Any, indices: Any, updates: Any, name: str | None = None) -> torch.Tensor:
    """Return ``tensor`` with ``updates`` subtracted at positions."""
    x, index, values = _given(tensor, indices, updates)
    return _put(x, index, -values, "sum")


@tensor_function
def tensor_scatter_nd_max(tensor: Any, indices: Any, updates: Any, name: str | None = None) -> torch.Tensor:
    """Return the larger of ``tensor`` and ``updates`` at positions."""
    return _put(*_given(tensor, indices, updates), "amax")


@tensor_function
def tensor_scatter_nd_min(tensor: Any, indices: Any, updates: Any, name: str | None = None) -> torch.Tensor:
    """Return the smaller of ``tensor`` and ``updates`` at positions."""
    return _put(*_given(tensor, indices, updates), "amin")


def _given(x: Any, indices: Any, updates: Any) -> tuple[torch.Tensor, Any, torch.Tensor]:
    x, values = operands(x, updates)
    return x, indices, values


def _put(x: torch.Tensor, indices: Any, values: torch.Tensor, how: str) -> torch.Tensor:
    index = tensor(indices).to(torch.int64)
    depth = index.shape[-1] if index.ndim else 0
    if not index.ndim or depth > x.ndim:
        raise InvalidArgumentError(f"Positions of shape {tuple(index.shape)} do not fit a tensor of {tuple(x.shape)}.")
    wanted = (*index.shape[:-1], *x.shape[depth:])
    if (how != "replace" and tuple(values.shape) != wanted) or (how == "replace" and values.ndim > len(wanted)):
        raise InvalidArgumentError(f"Updates need shape {wanted} here. Received shape {tuple(values.shape)}.")
    values = values.broadcast_to(wanted)
    for i in range(depth):
        check_indices(index[..., i], x.shape[i], "scatter_nd")
    keys = index.reshape(-1, depth).unbind(1)
    if not depth:
        return x + values.sum(0) if how == "sum" else values.reshape(-1, *x.shape)[-1].clone()
    values = values.reshape(-1, *x.shape[depth:])
    if how in ("replace", "sum"):
        return x.index_put(keys, values, accumulate=how == "sum")
    rows = torch.zeros_like(keys[0])
    for key, size in zip(keys, x.shape):
        rows = rows * size + key
    flat = x.reshape(-1, *x.shape[depth:]).clone()
    target = rows.reshape(-1, *(1,) * (flat.ndim - 1)).expand_as(values)
    return flat.scatter_reduce(0, target, values, how).reshape(x.shape)


@tensor_function
def dynamic_stitch(indices: Any, data: Any, name: str | None = None) -> torch.Tensor:
    """Return rows put together: row ``indices[m][i]`` is ``data[m][i]``; of several the last.

    Raises:
        InvalidArgumentError: shapes of ``data`` do not begin with those of ``indices``.
    """
    places = [tensor(i).to(torch.int64) for i in indices]
    parts = operands(*data)
    rest = parts[0].shape[places[0].ndim :]
    for place, part in zip(places, parts, strict=True):
        if tuple(part.shape) != (*place.shape, *rest):
            raise InvalidArgumentError(
                f"Data of shape {tuple(part.shape)} must have shape {(*place.shape, *rest)} for its indices."
            )
    place = torch.cat([p.reshape(-1) for p in places])
    rows = torch.cat([part.reshape(-1, *rest) for part in parts])
    count = int(place.max()) + 1 if place.numel() else 0
    # torch leaves open which of several values stays; the last one is found first.
    order = torch.arange(len(place), device=place.device)
    last = torch.full((count,), -1, device=place.device).scatter_reduce(0, place, order, "amax")
    picked = rows[last.clamp_min(0)] if len(rows) else rows.new_zeros(count, *rest)
    return torch.where((last >= 0).reshape(-1, *(1,) * len(rest)), picked, picked.new_zeros(()))


def _parts_spec(data: Any, partitions: Any, num_partitions: int, name: str | None = None) -> list[KerasTensor]:
    covered = len(partitions.shape) if hasattr(partitions, "shape") else tensor(partitions).ndim
    shape, dtype = (None, *data.shape[covered:]), standardize_dtype(data.dtype)
    return [KerasTensor(shape, dtype) for _ in range(num_partitions)]


@tensor_function(strings=("data",), spec=_parts_spec)
def dynamic_partition(data: Any, partitions: Any, num_partitions: int, name: str | None = None) -> list[torch.Tensor]:
    """Return the rows of each partition, in their order.

    Args:
        data: ``(..., rest)``.
        partitions: ``(...)``: the partition of each row, below ``num_partitions``.
        num_partitions: Number of partitions.
        name: Not used.

    Raises:
        InvalidArgumentError: shapes do not fit, or a partition lies outside.
    """
    x, parts = tensor(data), tensor(partitions).to(torch.int64)
    if x.shape[: parts.ndim] != parts.shape:
        raise InvalidArgumentError(
            f"Shape {tuple(x.shape)} of `data` must begin with that of `partitions`, {tuple(parts.shape)}."
        )
    check_indices(parts, num_partitions, "dynamic_partition")
    return [x[parts == i] for i in range(num_partitions)]
