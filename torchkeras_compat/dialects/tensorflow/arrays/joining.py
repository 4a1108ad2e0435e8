"""Tensors joined, stacked, split and taken apart."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.dialects.tensorflow.calls import tensor_function
from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.operands import axis_of, integer, is_tensor, operands, sizes, tensor


@tensor_function(strings=("values",), old={"concat_dim": "axis"})
def concat(values: Any, axis: Any, name: str = "concat") -> torch.Tensor:
    """Join tensors along an axis that they have.

    The order of TensorFlow before 1.0, ``concat(axis, values)``, is understood.

    Raises:
        InvalidArgumentError: the tensors have no axes, different dtypes, or sizes that differ elsewhere.
    """
    if isinstance(values, int) and isinstance(axis, (list, tuple)):
        values, axis = axis, values
    parts = operands(*values) if isinstance(values, (list, tuple)) else (tensor(values),)
    if not parts:
        raise ValueError("`tf.concat` needs at least one tensor. Received an empty list.")
    if not isinstance(values, (list, tuple)):  # a tensor: its parts are joined
        return parts[0]
    if parts[0].ndim == 0:
        raise InvalidArgumentError("Tensors without axes cannot be concatenated. Use `tf.stack`.")
    return torch.cat(parts, axis_of(axis, parts[0].ndim))


@tensor_function(strings=("values",))
def stack(values: Any, axis: Any = 0, name: str = "stack") -> torch.Tensor:
    """Join tensors of one shape along a new axis.

    Raises:
        InvalidArgumentError: shapes or dtypes differ, or ``axis`` lies outside.
    """
    parts = list(operands_of_list(values))
    if not parts:
        raise ValueError("`tf.stack` needs at least one tensor. Received an empty list.")
    return torch.stack(parts, axis_of(axis, parts[0].ndim + 1))


def operands_of_list(values: Any) -> tuple[torch.Tensor, ...]:
    """Return list elements as tensors of one dtype: that of a tensor among them, else that of all numbers together."""
    if not isinstance(values, (list, tuple)):
        return tensor(values).unbind(0)
    owner = next((x for x in values if is_tensor(x)), None)
    if owner is not None:
        return operands(owner, *values)[1:]
    return tensor(list(values)).unbind(0) if values else ()


@tensor_function(strings=("values",))
def parallel_stack(values: Any, name: str = "parallel_stack") -> torch.Tensor:
    """Join tensors of one shape along a new first axis."""
    return torch.stack(list(operands_of_list(values)))


@tensor_function(strings=("value",))
def unstack(value: Any, num: int | None = None, axis: Any = 0, name: str = "unstack") -> list[torch.Tensor]:
    """Return the parts of a tensor along an axis, which goes.

    Raises:
        ValueError: ``num`` is not the size of the axis.
    """
    x = tensor(value)
    at = axis_of(axis, x.ndim)
    if num is not None and num != x.shape[at]:
        raise ValueError(f"`tf.unstack` with num={num} needs an axis of this size. Received shape {tuple(x.shape)}.")
    return list(x.unbind(at))


@tensor_function(strings=("value",), old={"split_dim": "axis"})
def split(
    value: Any, num_or_size_splits: Any, axis: Any = 0, num: int | None = None, name: str = "split"
) -> list[torch.Tensor]:
    """Cut a tensor along an axis, into a number of equal parts or into parts of the sizes given.

    Args:
        value: Tensor.
        num_or_size_splits: Number of parts, or their sizes, of which one may be -1 for the rest.
        axis: The axis.
        num: Number of parts, where ``num_or_size_splits`` cannot tell.
        name: Not used.

    Raises:
        InvalidArgumentError: the axis does not divide, or the sizes do not add up to it.
    """
    x = tensor(value)
    at = axis_of(axis, x.ndim)
    length = x.shape[at]
    if not isinstance(num_or_size_splits, (list, tuple)) and tensor(num_or_size_splits).ndim == 0:
        count = integer(num_or_size_splits, "num_or_size_splits")
        if count < 1 or length % count:
            raise InvalidArgumentError(
                f"`tf.split` into {count} parts needs an axis that divides. Received shape {tuple(x.shape)}, axis={at}."
            )
        return list(x.split(length // count, at)) if length else [x] * count  # type: ignore[no-untyped-call]
    parts = sizes(num_or_size_splits, "num_or_size_splits")
    if num is not None and num != len(parts):
        raise ValueError(f"num={num} differs from the {len(parts)} sizes of `num_or_size_splits`.")
    if parts.count(-1) == 1:
        parts = [length - sum(p for p in parts if p != -1) if p == -1 else p for p in parts]
    if sum(parts) != length or min(parts, default=0) < 0:
        raise InvalidArgumentError(f"Sizes {parts} do not add up to {length}, the size of axis {at}.")
    return list(x.split(parts, at))  # type: ignore[no-untyped-call]


@tensor_function
def meshgrid(*args: Any, **kwargs: Any) -> list[torch.Tensor]:
    """Return grids of coordinates, one for each vector.

    Args:
        *args: Vectors.
        **kwargs: ``indexing``: ``"xy"``, by which the second vector runs along the first axis, or ``"ij"``.

    Raises:
        ValueError: ``indexing`` is another one.
        TypeError: another keyword is given.
    """
    indexing = kwargs.pop("indexing", "xy")
    kwargs.pop("name", None)
    if kwargs:
        raise TypeError(f"`tf.meshgrid` takes the keywords `indexing` and `name`. Received: {list(kwargs)}")
    if indexing not in ("xy", "ij"):
        raise ValueError(f"Argument `indexing` must be 'xy' or 'ij'. Received: {indexing!r}")
    vectors = [x.reshape(-1) for x in operands(*args)] if args else []
    return list(torch.meshgrid(*vectors, indexing=indexing)) if vectors else []
