"""Order: sort, positions of extremes, search in sorted values, distinct values."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from torchkeras_compat.ops.axes import normalize_axis
from torchkeras_compat.ops.broadcasting import static_shape
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.ops.operands import as_pair
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.operation import operation


def _along(x: Any, axis: int | None) -> tuple[torch.Tensor, int]:
    x = convert_to_tensor(x)
    if axis is None:
        return x.reshape(-1), 0
    return (x, normalize_axis(axis, x.ndim)) if x.ndim else (x, -1)


@operation
def sort(x: Any, axis: int | None = -1) -> torch.Tensor:
    """Elements in ascending order along an axis; NaN last.

    Args:
        x: Tensor of any shape.
        axis: Axis to sort along; None for the flattened tensor.

    Raises:
        ValueError: the axis does not exist.

    Example:
        >>> sort(torch.tensor([3, 1, 2]))
        tensor([1, 2, 3])
    """
    x, dim = _along(x, axis)
    return torch.sort(x, dim=dim).values


@operation
def argsort(x: Any, axis: int | None = -1) -> torch.Tensor:
    """Positions, as int32, of the elements in ascending order; of equal elements the first comes first.

    Args:
        x: Tensor of any shape.
        axis: Axis to sort along; None for the flattened tensor.

    Raises:
        ValueError: the axis does not exist.

    Example:
        >>> argsort(torch.tensor([3, 1, 2]))
        tensor([1, 2, 0], dtype=torch.int32)
    """
    x, dim = _along(x, axis)
    return torch.argsort(x, dim=dim, stable=True).to(torch.int32)


@operation
def argpartition(x: Any, kth: int, axis: int | None = -1) -> torch.Tensor:
    """Positions, as int32, with that of the ``kth`` smallest in its place and smaller elements before it.

    Args:
        x: Tensor of any shape.
        kth: Which place, counted from 0.
        axis: Axis along which to partition; None for the flattened tensor.

    Raises:
        ValueError: ``kth`` is not an int, or the axis does not exist.

    Example:
        >>> int(argpartition(torch.tensor([30, 10, 20]), 1)[1])
        2
    """
    if not isinstance(kth, (int, np.integer)):
        raise ValueError(f"kth must be an integer. Received: kth={kth}")
    # A full sort is a partition at every place, and torch's topk is not quicker for most sizes.
    return argsort(x, axis)


@operation
def argmax(x: Any, axis: int | None = None, keepdims: bool = False) -> torch.Tensor:
    """Position, as int32, of the largest element; of equal ones, the first.

    Args:
        x: Tensor of any shape.
        axis: Axis to look along; None for the flattened tensor.
        keepdims: Whether the axes looked along stay, with size 1.

    Raises:
        ValueError: the axis does not exist.

    Example:
        >>> argmax(torch.tensor([[1, 5], [3, 4]]), axis=1)
        tensor([1, 1], dtype=torch.int32)
    """
    return _position(torch.argmax, convert_to_tensor(x), axis, keepdims)


@operation
def argmin(x: Any, axis: int | None = None, keepdims: bool = False) -> torch.Tensor:
    """Position, as int32, of the smallest element; of equal ones, the first.

    Args:
        x: Tensor of any shape.
        axis: Axis to look along; None for the flattened tensor.
        keepdims: Whether the axes looked along stay, with size 1.

    Raises:
        ValueError: the axis does not exist.

    Example:
        >>> argmin(torch.tensor([[1, 5], [3, 4]]), axis=1)
        tensor([0, 0], dtype=torch.int32)
    """
    return _position(torch.argmin, convert_to_tensor(x), axis, keepdims)


def _position(function: Any, x: torch.Tensor, axis: int | None, keepdims: bool) -> torch.Tensor:
    if x.dtype is torch.bool:
        x = x.to(torch.uint8)
    if axis is not None:
        axis = normalize_axis(axis, x.ndim)
    return function(x, dim=axis, keepdim=keepdims).to(torch.int32)


@operation
def nanargmax(x: Any, axis: int | None = None, keepdims: bool = False) -> torch.Tensor:
    """:func:`argmax` of the elements that are not NaN, -1 if there is none.

    Raises:
        ValueError: the axis does not exist.

    Example:
        >>> nanargmax(torch.tensor([1.0, float("nan"), 3.0]))
        tensor(2, dtype=torch.int32)
    """
    return _nan_position(torch.argmax, float("-inf"), convert_to_tensor(x), axis, keepdims)


@operation
def nanargmin(x: Any, axis: int | None = None, keepdims: bool = False) -> torch.Tensor:
    """:func:`argmin` of the elements that are not NaN, -1 if there is none.

    Raises:
        ValueError: the axis does not exist.

    Example:
        >>> nanargmin(torch.tensor([1.0, float("nan"), 3.0]))
        tensor(0, dtype=torch.int32)
    """
    return _nan_position(torch.argmin, float("inf"), convert_to_tensor(x), axis, keepdims)


def _nan_position(function: Any, stand_in: float, x: torch.Tensor, axis: int | None, keepdims: bool) -> torch.Tensor:
    if not x.is_floating_point():
        return _position(function, x, axis, keepdims)
    is_nan = torch.isnan(x)
    position = _position(function, torch.where(is_nan, stand_in, x), axis, keepdims)
    all_nan = torch.all(is_nan) if axis is None else torch.all(is_nan, dim=axis, keepdim=keepdims)
    return torch.where(all_nan, -1, position)


def _searchsorted_spec(sorted_sequence: Any, values: Any, side: str = "left") -> KerasTensor:
    length = static_shape(sorted_sequence)[-1]
    return KerasTensor(static_shape(values), "int64" if length is None or length >= 2**31 else "int32")


@operation(output_spec=_searchsorted_spec)
def searchsorted(sorted_sequence: Any, values: Any, side: str = "left") -> torch.Tensor:
    """Positions at which ``values`` would keep a sorted sequence sorted.

    Args:
        sorted_sequence: One axis of ascending values.
        values: What to place, of any shape.
        side: ``"left"`` of equal elements, or ``"right"``.

    Returns:
        int32, or int64 for a sequence whose length int32 cannot hold.

    Raises:
        ValueError: the sequence does not have one axis, or ``side`` is neither.

    Example:
        >>> searchsorted(torch.tensor([1, 3, 5]), torch.tensor([3, 6]))
        tensor([1, 3], dtype=torch.int32)
    """
    if side not in ("left", "right"):
        raise ValueError(f"`side` must be 'left' or 'right'. Received: side={side!r}")
    sequence, values = as_pair(sorted_sequence, values)
    if sequence.ndim != 1:
        raise ValueError(
            "`searchsorted` only supports 1-D sorted sequences. "
            f"Received: sorted_sequence.shape={tuple(sequence.shape)}"
        )
    return torch.searchsorted(sequence, values.to(sequence.device), side=side, out_int32=sequence.shape[0] < 2**31)


@operation
def digitize(x: Any, bins: Any) -> torch.Tensor:
    """Number of the bin in which each element lies, as int32: ``bins[i - 1] <= x < bins[i]``.

    Args:
        x: Tensor of any shape.
        bins: One axis of ascending bounds.

    Raises:
        ValueError: ``bins`` does not have one axis.

    Example:
        >>> digitize(torch.tensor([0.5, 2.0]), [1.0, 2.0, 3.0])
        tensor([0, 2], dtype=torch.int32)
    """
    x, bins = as_pair(convert_to_tensor(x), convert_to_tensor(bins))
    if bins.ndim != 1:
        raise ValueError(f"`bins` must be a 1D array. Received: bins.shape={tuple(bins.shape)}")
    if x.dtype is torch.bool:
        x, bins = x.to(torch.uint8), bins.to(torch.uint8)
    return torch.bucketize(x, bins.to(x.device), right=True, out_int32=True)
