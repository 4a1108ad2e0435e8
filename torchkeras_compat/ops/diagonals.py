"""Diagonals and triangles of matrices."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.dtypes.names import standardize_dtype, to_torch_dtype
from torchkeras_compat.ops.axes import normalize_axis
from torchkeras_compat.ops.broadcasting import static_shape
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.ops.operands import ACCUMULATORS
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.operation import operation


def _length(rows: int | None, columns: int | None, offset: int) -> int | None:
    """Return how many elements a diagonal of a matrix has."""
    if rows is None or columns is None:
        return None
    return max(min(rows + min(offset, 0), columns - max(offset, 0)), 0)


def _diag_spec(x: Any, k: int = 0) -> KerasTensor:
    shape = static_shape(x)
    if len(shape) == 1:
        side = None if shape[0] is None else shape[0] + abs(k)
        return KerasTensor((side, side), x.dtype)
    if len(shape) == 2:
        return KerasTensor((_length(*shape, k),), x.dtype)
    raise ValueError(f"`x` must be 1-D or 2-D. Received: x.shape={shape}")


@operation(output_spec=_diag_spec)
def diag(x: Any, k: int = 0) -> torch.Tensor:
    """The matrix with a one-dimensional ``x`` on a diagonal, or a diagonal of a matrix ``x``.

    Args:
        x: Tensor of one or two axes.
        k: Which diagonal: 0 the main one, positive above it, negative below.

    Raises:
        ValueError: with a symbolic ``x``, it has other axes.
        RuntimeError: with a tensor, likewise.

    Example:
        >>> diag(torch.tensor([1, 2])), diag(torch.tensor([[1, 2], [3, 4]]), k=1)
        (tensor([[1, 0],
                [0, 2]]), tensor([2]))
    """
    return torch.diag(convert_to_tensor(x), k)


@operation
def diagflat(x: Any, k: int = 0) -> torch.Tensor:
    """The matrix with the flattened ``x`` on a diagonal.

    Example:
        >>> diagflat(torch.tensor([[1], [2]]))
        tensor([[1, 0],
                [0, 2]])
    """
    return torch.diagflat(convert_to_tensor(x), k)


def _diagonal_axes(ndim: int, axis1: int, axis2: int) -> tuple[int, int]:
    first, second = normalize_axis(axis1, ndim), normalize_axis(axis2, ndim)
    if first == second:
        raise ValueError(
            f"`axis1` and `axis2` cannot be the same. Received: axis1={axis1}, axis2={axis2} of {ndim} dimensions"
        )
    return first, second


def _diagonal_spec(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> KerasTensor:
    shape = static_shape(x)
    if len(shape) < 2:
        raise ValueError(f"`diagonal` requires a tensor of at least two dimensions. Received: x.shape={shape}")
    first, second = _diagonal_axes(len(shape), axis1, axis2)
    rest = [size for i, size in enumerate(shape) if i not in (first, second)]
    return KerasTensor([*rest, _length(shape[first], shape[second], offset)], x.dtype)


@operation(output_spec=_diagonal_spec)
def diagonal(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> torch.Tensor:
    """Diagonals of the matrices that two axes span, along a new last axis.

    Args:
        x: Tensor of two or more axes.
        offset: Which diagonal: 0 the main one, positive above it, negative below.
        axis1: Axis of the rows.
        axis2: Axis of the columns.

    Raises:
        ValueError: the axes are the same, or one does not exist.

    Example:
        >>> diagonal(torch.tensor([[1, 2], [3, 4]]))
        tensor([1, 4])
    """
    x = convert_to_tensor(x)
    return torch.diagonal(x, offset, *_diagonal_axes(x.ndim, axis1, axis2))


def _trace_spec(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> KerasTensor:
    dtype = to_torch_dtype(x.dtype)
    return KerasTensor(
        _diagonal_spec(x, offset, axis1, axis2).shape[:-1], standardize_dtype(ACCUMULATORS.get(dtype, dtype))
    )


@operation(output_spec=_trace_spec)
def trace(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> torch.Tensor:
    """Sum of a diagonal of the matrices that two axes span; narrow integers add up in int32.

    Args:
        x: Tensor of two or more axes.
        offset: Which diagonal: 0 the main one, positive above it, negative below.
        axis1: Axis of the rows.
        axis2: Axis of the columns.

    Raises:
        ValueError: the axes are the same, or one does not exist.

    Example:
        >>> trace(torch.tensor([[1, 2], [3, 4]]))
        tensor(5)
    """
    x = convert_to_tensor(x)
    lines = torch.diagonal(x, offset, *_diagonal_axes(x.ndim, axis1, axis2))
    return torch.sum(lines, dim=-1, dtype=ACCUMULATORS.get(x.dtype, x.dtype))


@operation
def tril(x: Any, k: int = 0) -> torch.Tensor:
    """Lower triangle of matrices in the last two axes: zeros above diagonal ``k``.

    Example:
        >>> tril(torch.tensor([[1, 2], [3, 4]]))
        tensor([[1, 0],
                [3, 4]])
    """
    return torch.tril(convert_to_tensor(x), int(k))


@operation
def triu(x: Any, k: int = 0) -> torch.Tensor:
    """Upper triangle of matrices in the last two axes: zeros below diagonal ``k``.

    Example:
        >>> triu(torch.tensor([[1, 2], [3, 4]]))
        tensor([[1, 2],
                [0, 4]])
    """
    return torch.triu(convert_to_tensor(x), int(k))
