"""Rows reduced in groups, which integers name."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.dialects.tensorflow.calls import tensor_function
from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.operands import check_floats, check_indices, integer, tensor
from torchkeras_compat.dtypes.names import standardize_dtype
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


def _ordered_spec(data: Any, segment_ids: Any, name: str | None = None) -> KerasTensor:
    return KerasTensor((None, *tuple(data.shape)[1:]), standardize_dtype(data.dtype))


@tensor_function(spec=_ordered_spec)
def segment_sum(data: Any, segment_ids: Any, name: str | None = None) -> torch.Tensor:
    """Return the sum of the rows of each segment; 0 for one without rows.

    Args:
        data: ``(rows, ...)``.
        segment_ids: ``(rows,)``: segment of each row, not decreasing.
        name: Not used.

    Raises:
        InvalidArgumentError: the ids decrease, or are not as many as rows.

    Example:
        >>> segment_sum([1, 2, 4], [0, 0, 2]).numpy().tolist()
        [3, 0, 4]
    """
    return _by_order(data, segment_ids, "sum", 0)


@tensor_function(spec=_ordered_spec)
def segment_prod(data: Any, segment_ids: Any, name: str | None = None) -> torch.Tensor:
    """Return the product of the rows of each segment; 1 for one without rows."""
    return _by_order(data, segment_ids, "prod", 1)


@tensor_function(spec=_ordered_spec)
def segment_max(data: Any, segment_ids: Any, name: str | None = None) -> torch.Tensor:
    """Return the largest of the rows of each segment; 0 for one without rows."""
    return _by_order(data, segment_ids, "amax", 0)


@tensor_function(spec=_ordered_spec)
def segment_min(data: Any, segment_ids: Any, name: str | None = None) -> torch.Tensor:
    """Return the smallest of the rows of each segment; 0 for one without rows."""
    return _by_order(data, segment_ids, "amin", 0)


@tensor_function(spec=_ordered_spec)
def segment_mean(data: Any, segment_ids: Any, name: str | None = None) -> torch.Tensor:
    """Return the mean of the rows of each segment; 0 for one without rows."""
    x, ids, count = _ordered(data, segment_ids)
    return _mean(x, ids, count)


@tensor_function
def unsorted_segment_sum(data: Any, segment_ids: Any, num_segments: Any, name: str | None = None) -> torch.Tensor:
    """Return the sum of the rows of each segment, in any order; a negative id is left out.

    Args:
        data: ``(*shape of segment_ids, ...)``.
        segment_ids: Segment of each row, below ``num_segments``.
        num_segments: Number of segments.
        name: Not used.

    Raises:
        InvalidArgumentError: an id is too large, or shapes do not fit.
    """
    return _reduced(*_unordered(data, segment_ids, num_segments), "sum", 0)


@tensor_function
def unsorted_segment_prod(data: Any, segment_ids: Any, num_segments: Any, name: str | None = None) -> torch.Tensor:
    """Return the product of the rows of each segment; 1 for one without rows."""
    return _reduced(*_unordered(data, segment_ids, num_segments), "prod", 1)


@tensor_function
def unsorted_segment_max(data: Any, segment_ids: Any, num_segments: Any, name: str | None = None) -> torch.Tensor:
    """Return the largest of the rows of each segment; the least number of the dtype for one without rows."""
    x, ids, count = _unordered(data, segment_ids, num_segments)
    return _reduced(x, ids, count, "amax", _limits(x).min)


@tensor_function
def unsorted_segment_min(data: Any, segment_ids: Any, num_segments: Any, name: str | None = None) -> torch.Tensor:
    """Return the smallest of the rows of each segment; the greatest number of the dtype for one without rows."""
    x, ids, count = _unordered(data, segment_ids, num_segments)
    return _reduced(x, ids, count, "amin", _limits(x).max)


@tensor_function
def unsorted_segment_mean(data: Any, segment_ids: Any, num_segments: Any, name: str | None = None) -> torch.Tensor:
    """Return the mean of the rows of each segment; 0 for one without rows."""
    return _mean(*_unordered(data, segment_ids, num_segments))


@tensor_function
def unsorted_segment_sqrt_n(data: Any, segment_ids: Any, num_segments: Any, name: str | None = None) -> torch.Tensor:
    """Return the sum of the rows of each segment, divided by the root of their number."""
    x, ids, count = _unordered(data, segment_ids, num_segments)
    check_floats(x, "math.unsorted_segment_sqrt_n")
    return _reduced(x, ids, count, "sum", 0) / torch.sqrt(_rows(x, ids, count))


def _limits(x: torch.Tensor) -> Any:
    return torch.finfo(x.dtype) if x.is_floating_point() else torch.iinfo(x.dtype)


def _by_order(data: Any, segment_ids: Any, how: str, empty: int) -> torch.Tensor:
    return _reduced(*_ordered(data, segment_ids), how, empty)


def _ordered(data: Any, segment_ids: Any) -> tuple[torch.Tensor, torch.Tensor, int]:
    x, ids = tensor(data), tensor(segment_ids).to(torch.int64)
    if ids.ndim != 1 or not x.ndim or len(ids) != x.shape[0]:
        raise InvalidArgumentError(
            f"`segment_ids` needs one id for each row of shape {tuple(x.shape)}. Received shape {tuple(ids.shape)}."
        )
    if len(ids) and bool(((ids[1:] < ids[:-1]).any() | (ids[0] < 0)).item()):
        raise InvalidArgumentError("Segment ids must not be negative and not decrease. Use `unsorted_segment_...`.")
    return x, ids, int(ids[-1]) + 1 if len(ids) else 0


def _unordered(data: Any, segment_ids: Any, num_segments: Any) -> tuple[torch.Tensor, torch.Tensor, int]:
    x, ids = tensor(data), tensor(segment_ids).to(torch.int64)
    count = integer(num_segments, "num_segments")
    if x.shape[: ids.ndim] != ids.shape:
        raise InvalidArgumentError(
            f"Shape {tuple(x.shape)} of `data` must begin with that of `segment_ids`, {tuple(ids.shape)}."
        )
    check_indices(ids.clamp_min(0), max(count, 1), "math.unsorted_segment")
    x = x.reshape(-1, *x.shape[ids.ndim :])
    return x, torch.where(ids < 0, count, ids).reshape(-1), count


def _reduced(x: torch.Tensor, ids: torch.Tensor, count: int, how: str, empty: Any) -> torch.Tensor:
    # One more segment takes what is left out.
    start = x.new_full((count + 1, *x.shape[1:]), empty)
    index = ids.reshape(-1, *(1,) * (x.ndim - 1)).expand_as(x)
    return start.scatter_reduce(0, index, x, how, include_self=how in ("sum", "prod"))[:count]


def _rows(x: torch.Tensor, ids: torch.Tensor, count: int) -> torch.Tensor:
    found = ids.new_zeros(count + 1).scatter_add(0, ids, torch.ones_like(ids))[:count].clamp_min(1).to(x.dtype)
    return found.reshape(-1, *(1,) * (x.ndim - 1))


def _mean(x: torch.Tensor, ids: torch.Tensor, count: int) -> torch.Tensor:
    total, rows = _reduced(x, ids, count, "sum", 0), _rows(x, ids, count)
    return total / rows if x.is_floating_point() else torch.div(total, rows, rounding_mode="trunc").to(x.dtype)
