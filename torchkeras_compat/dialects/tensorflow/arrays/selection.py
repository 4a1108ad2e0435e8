"""Elements chosen by a condition, and the different ones among them."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch

from torchkeras_compat.dialects.tensorflow.calls import tensor_function
from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.known_values import infer
from torchkeras_compat.dialects.tensorflow.operands import booleans, integer_dtype, is_tensor, operands, sizes, tensor
from torchkeras_compat.dtypes.names import standardize_dtype
from torchkeras_compat.ops.broadcasting import static_shape
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


def _where_spec(condition: Any, x: Any = None, y: Any = None, name: str | None = None) -> Any:
    if x is None and y is None:
        return KerasTensor((None, len(condition.shape)), "int64")
    function: Any = where
    return infer(function.__wrapped__, condition, x, y)


@tensor_function(strings=("x", "y"), spec=_where_spec)
def where(condition: Any, x: Any = None, y: Any = None, name: str | None = None) -> torch.Tensor:
    """Return ``x`` where the condition is true, else ``y``; with the condition alone the int64 positions of true.

    Raises:
        InvalidArgumentError: ``x`` and ``y`` are tensors of different dtypes.
        ValueError: only one of them is given.
    """
    if (x is None) != (y is None):
        raise ValueError("`tf.where` takes both `x` and `y`, or neither.")
    if x is None:
        given = tensor(condition)
        return torch.nonzero(given)
    chosen = booleans(condition, "where")
    if is_tensor(y) and not is_tensor(x):
        second, first = operands(y, x)
    else:
        first, second = operands(x, y)
    return torch.where(chosen, first, second)


class Unique(NamedTuple):
    """Different elements, and which of them each element is."""

    y: Any
    idx: Any


class UniqueWithCounts(NamedTuple):
    """Different elements, which of them each element is, and how often each one stands there."""

    y: Any
    idx: Any
    count: Any


def _unique_spec(x: Any, out_idx: Any = "int32", name: str | None = None) -> Unique:
    _check_vector(static_shape(x))
    return Unique(KerasTensor((None,), x.dtype), KerasTensor(x.shape, standardize_dtype(out_idx)))


def _unique_with_counts_spec(x: Any, out_idx: Any = "int32", name: str | None = None) -> UniqueWithCounts:
    return UniqueWithCounts(*_unique_spec(x, out_idx), KerasTensor((None,), standardize_dtype(out_idx)))


@tensor_function(strings=("x",), spec=_unique_spec)
def unique(x: Any, out_idx: Any = "int32", name: str | None = None) -> Unique:
    """Return the different elements of a vector in the order in which they come, and the index of each element.

    Raises:
        InvalidArgumentError: ``x`` has not one axis.
    """
    values, index, _ = _distinct(x)
    return Unique(values, index.to(integer_dtype(out_idx, "out_idx")))


@tensor_function(strings=("x",), spec=_unique_with_counts_spec)
def unique_with_counts(x: Any, out_idx: Any = "int32", name: str | None = None) -> UniqueWithCounts:
    """Return what :func:`unique` does, and how often each element comes.

    Raises:
        InvalidArgumentError: ``x`` has not one axis.
    """
    values, index, counts = _distinct(x)
    dtype = integer_dtype(out_idx, "out_idx")
    return UniqueWithCounts(values, index.to(dtype), counts.to(dtype))


def _check_vector(shape: Any) -> None:
    if len(shape) != 1:
        raise InvalidArgumentError(f"`tf.unique` takes a vector. Received shape {tuple(shape)}.")


def _distinct(x: Any) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    flat = tensor(x)
    _check_vector(flat.shape)
    values, inverse, counts = torch.unique(flat, return_inverse=True, return_counts=True)
    places = torch.arange(len(flat), device=flat.device)
    first = torch.full((len(values),), len(flat), device=flat.device).scatter_reduce(0, inverse, places, "amin")
    order = first.argsort()
    return values[order], order.argsort()[inverse], counts[order]


class ListDiff(NamedTuple):
    """Elements of one list that are not in another, and where they stand."""

    out: Any
    idx: Any


@tensor_function(strings=("x", "y"))
def setdiff1d(x: Any, y: Any, index_dtype: Any = "int32", name: str | None = None) -> ListDiff:
    """Return the elements of ``x`` that ``y`` has not, and their positions."""
    first, second = operands(x, y)
    kept = ~torch.isin(first, second)
    return ListDiff(first[kept], torch.nonzero(kept)[:, 0].to(integer_dtype(index_dtype, "index_dtype")))


@tensor_function
def unravel_index(indices: Any, dims: Any, name: str | None = None) -> torch.Tensor:
    """Return the coordinates, along a new first axis, of flat indices into an array of shape ``dims``.

    Raises:
        InvalidArgumentError: an index lies outside.
    """
    index = tensor(indices)
    shape = sizes(dims, "dims")
    total = 1
    for size in shape:
        total *= size
    if index.device.type == "cpu" and index.numel() and not 0 <= int(index.min()) <= int(index.max()) < total:
        raise InvalidArgumentError(f"`indices` must lie in [0, {total}) for dims={shape}.")
    return torch.stack(list(torch.unravel_index(index.to(torch.int64), tuple(shape)))).to(index.dtype)
