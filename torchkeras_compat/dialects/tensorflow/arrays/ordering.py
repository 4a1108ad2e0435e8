"""Elements in order, and where elements belong in it."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch

from torchkeras_compat.dialects.tensorflow.calls import tensor_function
from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.operands import (
    axis_of,
    choose,
    integer,
    integer_dtype,
    numbers,
    operands,
    tensor,
)

_DIRECTIONS = ("ASCENDING", "DESCENDING")


@tensor_function
def sort(values: Any, axis: int = -1, direction: str = "ASCENDING", name: str | None = None) -> torch.Tensor:
    """Return the elements in order along an axis.

    Raises:
        ValueError: ``direction`` is neither ``"ASCENDING"`` nor ``"DESCENDING"``.
    """
    x = tensor(values)
    descending = choose(direction, _DIRECTIONS, "direction") == "DESCENDING"
    return torch.sort(x, dim=axis_of(axis, x.ndim), descending=descending).values


@tensor_function
def argsort(
    values: Any, axis: int = -1, direction: str = "ASCENDING", stable: bool = False, name: str | None = None
) -> torch.Tensor:
    """Return the int32 positions that put the elements in order; equal elements keep theirs.

    Raises:
        ValueError: ``direction`` is neither ``"ASCENDING"`` nor ``"DESCENDING"``.
    """
    x = tensor(values)
    descending = choose(direction, _DIRECTIONS, "direction") == "DESCENDING"
    return torch.sort(x, dim=axis_of(axis, x.ndim), descending=descending, stable=True).indices.to(torch.int32)


@tensor_function
def searchsorted(
    sorted_sequence: Any, values: Any, side: str = "left", out_type: Any = "int32", name: str | None = None
) -> torch.Tensor:
    """Return where ``values`` would be put into ordered sequences, along the last axis.

    Args:
        sorted_sequence: ``(..., size)``.
        values: ``(..., count)``.
        side: ``"left"`` for the first place, ``"right"`` for the last.
        out_type: int32 or int64.
        name: Not used.

    Raises:
        ValueError: ``side`` is another one.
    """
    ordered, x = operands(sorted_sequence, values)
    side = choose(side, ("left", "right"), "side")
    found = torch.searchsorted(ordered.contiguous(), x.contiguous().to(ordered.device), right=side == "right")
    return found.to(integer_dtype(out_type, "out_type"))


class TopKV2(NamedTuple):
    """Largest elements and where they stand."""

    values: Any
    indices: Any


@tensor_function
def top_k(input: Any, k: Any = 1, sorted: bool = True, index_type: Any = "int32", name: str | None = None) -> TopKV2:
    """Return the ``k`` largest elements of the last axis and their positions; of equal ones the first.

    Raises:
        InvalidArgumentError: the axis has fewer elements, or there is none.
    """
    x, count = tensor(input), integer(k, "k")
    if not x.ndim or not 0 <= count <= x.shape[-1]:
        raise InvalidArgumentError(
            f"`input` needs a last axis of at least k={count} elements. Received: {tuple(x.shape)}"
        )
    # `torch.topk` leaves open which of equal elements come first.
    found = torch.sort(x, dim=-1, descending=True, stable=True)
    return TopKV2(found.values[..., :count], found.indices[..., :count].to(integer_dtype(index_type, "index_type")))


@tensor_function(old={"dimension": "axis"})
def argmax(input: Any, axis: Any = None, output_type: Any = "int64", name: str | None = None) -> torch.Tensor:
    """Return the position of the largest element along an axis, the first one by default; int64.

    Raises:
        InvalidArgumentError: the axis does not exist.
    """
    return _extreme(torch.argmax, input, axis, output_type)


@tensor_function(old={"dimension": "axis"})
def argmin(input: Any, axis: Any = None, output_type: Any = "int64", name: str | None = None) -> torch.Tensor:
    """Return the position of the smallest element along an axis, the first one by default; int64.

    Raises:
        InvalidArgumentError: the axis does not exist.
    """
    return _extreme(torch.argmin, input, axis, output_type)


def _extreme(find: Any, values: Any, axis: Any, output_type: Any) -> torch.Tensor:
    x = tensor(values)
    x = x.to(torch.uint8) if x.dtype is torch.bool else x
    if x.is_floating_point():  # NaN is never the extreme
        x = torch.where(torch.isnan(x), -torch.inf if find is torch.argmax else torch.inf, x)
    found: torch.Tensor = find(x, dim=axis_of(0 if axis is None else axis, x.ndim))
    return found.to(integer_dtype(output_type, "output_type"))


@tensor_function
def arg_max(input: Any, dimension: Any, output_type: Any = "int64", name: str | None = None) -> torch.Tensor:
    """Return :func:`argmax` along ``dimension``, as TensorFlow 1 spells it."""
    return _extreme(torch.argmax, input, dimension, output_type)


@tensor_function
def arg_min(input: Any, dimension: Any, output_type: Any = "int64", name: str | None = None) -> torch.Tensor:
    """Return :func:`argmin` along ``dimension``, as TensorFlow 1 spells it."""
    return _extreme(torch.argmin, input, dimension, output_type)


@tensor_function
def in_top_k(targets: Any, predictions: Any, k: Any, name: str | None = None) -> torch.Tensor:
    """Return whether the prediction for each target is among the ``k`` largest of its row; ties count.

    Args:
        targets: ``(batch,)``: integer class labels.
        predictions: ``(batch, classes)``.
        k: Number of places.
        name: Not used.

    Raises:
        InvalidArgumentError: the shapes are not as above.
    """
    labels, scores, count = tensor(targets).to(torch.int64), tensor(predictions), integer(k, "k")
    if labels.ndim != 1 or scores.ndim != 2 or len(labels) != len(scores):
        raise InvalidArgumentError(
            "`targets` has shape (batch,) and `predictions` (batch, classes). Received:"
            f" {tuple(labels.shape)} and {tuple(scores.shape)}"
        )
    inside = (labels >= 0) & (labels < scores.shape[1])
    own = scores.gather(1, labels.clamp(0, scores.shape[1] - 1)[:, None])
    better = (scores > own).sum(1)
    return inside & (better < count) & torch.isfinite(own[:, 0]) & torch.isfinite(scores).all(1)


@tensor_function
def is_non_decreasing(x: Any, name: str | None = None) -> torch.Tensor:
    """Return whether each element is at least the one before it, in the flattened tensor."""
    flat = numbers(x, "math.is_non_decreasing").reshape(-1)
    return (flat[1:] >= flat[:-1]).all()


@tensor_function
def is_strictly_increasing(x: Any, name: str | None = None) -> torch.Tensor:
    """Return whether each element is larger than the one before it, in the flattened tensor."""
    flat = numbers(x, "math.is_strictly_increasing").reshape(-1)
    return (flat[1:] > flat[:-1]).all()


@tensor_function
def approx_max_k(
    operand: Any,
    k: Any,
    reduction_dimension: int = -1,
    recall_target: float = 0.95,
    reduction_input_size_override: int = -1,
    aggregate_to_topk: bool = True,
    name: str | None = None,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the ``k`` largest elements of an axis and their positions: all of them, so the recall is 1."""
    return _best(operand, k, reduction_dimension, descending=True)


@tensor_function
def approx_min_k(
    operand: Any,
    k: Any,
    reduction_dimension: int = -1,
    recall_target: float = 0.95,
    reduction_input_size_override: int = -1,
    aggregate_to_topk: bool = True,
    name: str | None = None,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the ``k`` smallest elements of an axis and their positions: all of them, so the recall is 1."""
    return _best(operand, k, reduction_dimension, descending=False)


def _best(operand: Any, k: Any, axis: int, descending: bool) -> tuple[torch.Tensor, torch.Tensor]:
    x = tensor(operand)
    at = axis_of(axis, x.ndim)
    found = torch.sort(x, dim=at, descending=descending, stable=True)
    count = integer(k, "k")
    return found.values.narrow(at, 0, count), found.indices.narrow(at, 0, count).to(torch.int32)
