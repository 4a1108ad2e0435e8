"""New tensors: from data, filled with a value, unit and triangular matrices, grids."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.device import current_device
from torchkeras_compat.dtypes.names import standardize_dtype, to_torch_dtype
from torchkeras_compat.ops.broadcasting import element_count, static_shape
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.ops.operands import weak_dtype
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.operation import operation


def _sizes(shape: Any) -> tuple[int, ...]:
    if isinstance(shape, torch.Tensor):
        shape = shape.tolist()
    return tuple(shape) if hasattr(shape, "__iter__") else (shape,)


@operation
def array(x: Any, dtype: Any = None) -> torch.Tensor:
    """Tensor of an array, a number or nested lists, in another dtype if one is given.

    Example:
        >>> array([1, 2], dtype="float32")
        tensor([1., 2.])
    """
    return convert_to_tensor(x, dtype)


def zeros(shape: Any, dtype: Any = None) -> torch.Tensor:
    """Tensor of zeros, of :func:`~torchkeras_compat.config.floatx` unless a dtype is given.

    Example:
        >>> zeros((2,))
        tensor([0., 0.])
    """
    return torch.zeros(_sizes(shape), dtype=to_torch_dtype(dtype), device=current_device())


def ones(shape: Any, dtype: Any = None) -> torch.Tensor:
    """Tensor of ones, of :func:`~torchkeras_compat.config.floatx` unless a dtype is given.

    Example:
        >>> ones((2,), dtype="int32")
        tensor([1, 1], dtype=torch.int32)
    """
    return torch.ones(_sizes(shape), dtype=to_torch_dtype(dtype), device=current_device())


def empty(shape: Any, dtype: Any = None) -> torch.Tensor:
    """Tensor whose values are whatever was in memory.

    Example:
        >>> empty((2, 3)).shape
        torch.Size([2, 3])
    """
    return torch.empty(_sizes(shape), dtype=to_torch_dtype(dtype), device=current_device())


@operation
def full(shape: Any, fill_value: Any, dtype: Any = None) -> torch.Tensor:
    """Tensor filled with a value, or with a tensor that broadcasts.

    Args:
        shape: Sizes of the axes.
        fill_value: Number or tensor.
        dtype: Dtype; None for :func:`~torchkeras_compat.config.floatx`.

    Example:
        >>> full((2,), 7)
        tensor([7., 7.])
    """
    if weak_dtype(fill_value) is None or isinstance(fill_value, torch.Tensor):
        return convert_to_tensor(fill_value).to(to_torch_dtype(dtype)).expand(_sizes(shape)).clone()
    return torch.full(_sizes(shape), fill_value, dtype=to_torch_dtype(dtype), device=current_device())


@operation
def zeros_like(x: Any, dtype: Any = None) -> torch.Tensor:
    """Zeros of the shape of ``x``, and of its dtype unless one is given.

    Example:
        >>> zeros_like(torch.tensor([1, 2]))
        tensor([0, 0])
    """
    return torch.zeros_like(convert_to_tensor(x), dtype=None if dtype is None else to_torch_dtype(dtype))


@operation
def ones_like(x: Any, dtype: Any = None) -> torch.Tensor:
    """Ones of the shape of ``x``, and of its dtype unless one is given.

    Example:
        >>> ones_like(torch.tensor([1, 2]))
        tensor([1, 1])
    """
    return torch.ones_like(convert_to_tensor(x), dtype=None if dtype is None else to_torch_dtype(dtype))


@operation
def empty_like(x: Any, dtype: Any = None) -> torch.Tensor:
    """Tensor of the shape of ``x`` whose values are whatever was in memory.

    Example:
        >>> empty_like(torch.tensor([1, 2])).shape
        torch.Size([2])
    """
    return torch.empty_like(convert_to_tensor(x), dtype=None if dtype is None else to_torch_dtype(dtype))


def _full_like_spec(x: Any, fill_value: Any, dtype: Any = None) -> KerasTensor:
    return KerasTensor(static_shape(x), x.dtype if dtype is None else dtype)


@operation(output_spec=_full_like_spec)
def full_like(x: Any, fill_value: Any, dtype: Any = None) -> torch.Tensor:
    """A value, or a tensor that broadcasts, in the shape of ``x``, and in its dtype unless one is given.

    Example:
        >>> full_like(torch.tensor([1, 2]), 5)
        tensor([5, 5])
    """
    x = convert_to_tensor(x)
    dtype = x.dtype if dtype is None else to_torch_dtype(dtype)
    if weak_dtype(fill_value) is None or isinstance(fill_value, torch.Tensor):
        return convert_to_tensor(fill_value).to(device=x.device, dtype=dtype).expand(x.shape).clone()
    return torch.full_like(x, fill_value, dtype=dtype)


def eye(N: int, M: int | None = None, k: int = 0, dtype: Any = None) -> torch.Tensor:
    """Matrix with ones on a diagonal and zeros elsewhere.

    Args:
        N: Number of rows.
        M: Number of columns; None for as many as rows.
        k: Which diagonal: 0 the main one, positive above it, negative below.
        dtype: Dtype; None for :func:`~torchkeras_compat.config.floatx`.

    Raises:
        TypeError: a size is not an integer.

    Example:
        >>> eye(2, 3, k=1)
        tensor([[0., 1., 0.],
                [0., 0., 1.]])
    """
    rows, columns = _integer(N, "N"), _integer(N if M is None else M, "M")
    row = torch.arange(rows, device=current_device()).unsqueeze(1)
    return (torch.arange(columns, device=row.device) == row + k).to(to_torch_dtype(dtype))


def _integer(value: Any, name: str) -> int:
    if isinstance(value, torch.Tensor):
        if value.is_floating_point():
            raise TypeError(f"Argument `{name}` must be an integer. Received: a tensor of dtype {value.dtype}")
        return int(value)
    if not hasattr(value, "__index__"):
        raise TypeError(
            f"Argument `{name}` must be an integer. Received: {name}={value!r} of type {type(value).__name__}"
        )
    return value.__index__()


def identity(n: int, dtype: Any = None) -> torch.Tensor:
    """Square matrix with ones on the main diagonal.

    Raises:
        TypeError: ``n`` is not an integer.

    Example:
        >>> identity(2)
        tensor([[1., 0.],
                [0., 1.]])
    """
    return eye(n, dtype=dtype)


def tri(N: int, M: int | None = None, k: int = 0, dtype: Any = None) -> torch.Tensor:
    """Matrix with ones at and below a diagonal, zeros above.

    Args:
        N: Number of rows.
        M: Number of columns; None for as many as rows.
        k: Which diagonal: 0 the main one, positive above it, negative below.
        dtype: Dtype; None for :func:`~torchkeras_compat.config.floatx`.

    Raises:
        TypeError: a size is not an integer.

    Example:
        >>> tri(2)
        tensor([[1., 0.],
                [1., 1.]])
    """
    rows, columns = _integer(N, "N"), _integer(N if M is None else M, "M")
    row = torch.arange(rows, device=current_device()).unsqueeze(1)
    return (torch.arange(columns, device=row.device) <= row + k).to(to_torch_dtype(dtype))


@operation
def vander(x: Any, N: int | None = None, increasing: bool = False) -> torch.Tensor:
    """Vandermonde matrix: the powers of each element of ``x`` along a row.

    Args:
        x: One axis of numbers.
        N: Number of columns; None for as many as elements.
        increasing: Whether the power 0 comes first.

    Raises:
        ValueError: ``x`` has not one axis, or ``N`` is negative.

    Example:
        >>> vander(torch.tensor([2, 3]))
        tensor([[2, 1],
                [3, 1]])
    """
    x = convert_to_tensor(x)
    if x.ndim != 1:
        raise ValueError(f"Input tensor must be 1-dimensional. Received: x.shape={tuple(x.shape)}")
    if N is not None and N < 0:
        raise ValueError(f"`N` must not be negative. Received: N={N}")
    return torch.vander(x, N, increasing).to(x.dtype)


def _meshgrid_spec(*x: Any, indexing: str = "xy") -> list[KerasTensor]:
    _check_indexing(indexing)
    sizes = [element_count(static_shape(part)) for part in x]
    if indexing == "xy" and len(sizes) > 1:
        sizes[0], sizes[1] = sizes[1], sizes[0]
    return [KerasTensor(sizes, standardize_dtype(part.dtype)) for part in x]


def _check_indexing(indexing: str) -> None:
    if indexing not in ("xy", "ij"):
        raise ValueError(f"Valid values for `indexing` are 'xy' and 'ij'. Received: indexing={indexing!r}")


@operation(output_spec=_meshgrid_spec)
def meshgrid(*x: Any, indexing: str = "xy") -> list[torch.Tensor]:
    """Coordinates of a grid, from the coordinates along each axis.

    Args:
        *x: Coordinates along each axis; flattened.
        indexing: ``"xy"`` (the first varies along the second axis, as in plots) or ``"ij"`` (as in matrices).

    Raises:
        ValueError: ``indexing`` is neither.

    Example:
        >>> meshgrid(torch.tensor([1, 2]), torch.tensor([3]))
        [tensor([[1, 2]]), tensor([[3, 3]])]
    """
    _check_indexing(indexing)
    tensors = [convert_to_tensor(part).reshape(-1) for part in x]
    shape = [tensor.shape[0] for tensor in tensors]
    grids = [t.reshape([-1 if j == i else 1 for j in range(len(shape))]).expand(shape) for i, t in enumerate(tensors)]
    return [grid.transpose(0, 1) if indexing == "xy" and len(shape) > 1 else grid for grid in grids]
