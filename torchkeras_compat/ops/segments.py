"""Rows reduced in groups."""

from __future__ import annotations

import math
from typing import Any

import torch

from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.operation import operation


def _segment_spec(data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False) -> KerasTensor:
    _check(data, segment_ids)
    return KerasTensor((num_segments, *data.shape[1:]), data.dtype)


@operation(output_spec=_segment_spec)
def segment_sum(data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False) -> torch.Tensor:
    """Sum the rows of each segment.

    Args:
        data: ``(rows, ...)``.
        segment_ids: Segment of each row, ``(rows,)``; a row whose id is not a segment is left out.
        num_segments: Number of segments; None for the largest id plus one, which waits for the device.
        sorted: Whether the ids are in order; the result is the same.

    Returns:
        ``(num_segments, ...)``, zero for a segment without rows.

    Raises:
        ValueError: ``segment_ids`` has not one axis, or not the size of the first axis of ``data``.

    Example:
        >>> segment_sum([1.0, 2.0, 4.0], [0, 0, 2], 3)
        tensor([3., 0., 4.])
    """
    return _reduced(data, segment_ids, num_segments, "sum")


@operation(output_spec=_segment_spec)
def segment_max(data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False) -> torch.Tensor:
    """Take the largest row element of each segment.

    Args:
        data: As in :func:`segment_sum`.
        segment_ids: As in :func:`segment_sum`.
        num_segments: As in :func:`segment_sum`.
        sorted: As in :func:`segment_sum`.

    Returns:
        ``(num_segments, ...)``, minus infinity (or the smallest integer) for a segment without rows.

    Raises:
        ValueError: as in :func:`segment_sum`.

    Example:
        >>> segment_max([1.0, 2.0, 4.0], [0, 0, 2], 3)
        tensor([2., -inf, 4.])
    """
    return _reduced(data, segment_ids, num_segments, "amax")


@operation(output_spec=_segment_spec)
def segment_min(data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False) -> torch.Tensor:
    """Take the smallest row element of each segment.

    Args:
        data: As in :func:`segment_sum`.
        segment_ids: As in :func:`segment_sum`.
        num_segments: As in :func:`segment_sum`.
        sorted: As in :func:`segment_sum`.

    Returns:
        ``(num_segments, ...)``, infinity (or the largest integer) for a segment without rows.

    Raises:
        ValueError: as in :func:`segment_sum`.

    Example:
        >>> segment_min([1.0, 2.0, 4.0], [0, 0, 2], 3)
        tensor([1., inf, 4.])
    """
    return _reduced(data, segment_ids, num_segments, "amin")


@operation(output_spec=_segment_spec)
def segment_prod(data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False) -> torch.Tensor:
    """Multiply the rows of each segment.

    Args:
        data: As in :func:`segment_sum`.
        segment_ids: As in :func:`segment_sum`.
        num_segments: As in :func:`segment_sum`.
        sorted: As in :func:`segment_sum`.

    Returns:
        ``(num_segments, ...)``, one for a segment without rows.

    Raises:
        ValueError: as in :func:`segment_sum`.

    Example:
        >>> segment_prod([3.0, 2.0, 4.0], [0, 0, 2], 3)
        tensor([6., 1., 4.])
    """
    return _reduced(data, segment_ids, num_segments, "prod")


def _check(data: Any, segment_ids: Any) -> None:
    if len(segment_ids.shape) != 1:
        raise ValueError(
            "Argument `segment_ids` should be an 1-D vector, one id for each row. Received:"
            f" shape={tuple(segment_ids.shape)}"
        )
    rows, ids = data.shape[0] if len(data.shape) else 0, segment_ids.shape[0]
    if rows is not None and ids is not None and rows != ids:
        # An unknown size in a symbolic call is not a reason to refuse; two different ones are.
        if isinstance(data, torch.Tensor):
            raise ValueError(
                f"Argument `segment_ids` and `data` should have same leading dimension. Received: {ids} and {rows}"
            )


def _reduced(data: Any, segment_ids: Any, num_segments: int | None, reduction: str) -> torch.Tensor:
    data, ids = convert_to_tensor(data), convert_to_tensor(segment_ids).to(torch.int64)
    _check(data, ids)
    count = int(num_segments) if num_segments is not None else int(ids.max()) + 1
    # One more segment takes what is left out, so that nothing depends on the values of the ids.
    ids = torch.where((ids < 0) | (ids >= count), count, ids)
    result = data.new_full((count + 1, *data.shape[1:]), _neutral(data.dtype, reduction))
    index = ids.reshape(-1, *(1,) * (data.ndim - 1)).expand_as(data)
    return result.scatter_reduce(0, index, data, reduction)[:count]


def _neutral(dtype: torch.dtype, reduction: str) -> float:
    if reduction in ("sum", "prod"):
        return 0 if reduction == "sum" else 1
    if dtype.is_floating_point:
        return -math.inf if reduction == "amax" else math.inf
    limits = torch.iinfo(dtype)
    return limits.min if reduction == "amax" else limits.max
