"""Other shapes for the same elements: reshape, axes added, dropped and reordered, views, copies."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from torchkeras_compat.dtypes.names import standardize_dtype, stored_torch_dtype
from torchkeras_compat.ops.axes import Axis, normalize_axes, normalize_axis
from torchkeras_compat.ops.broadcasting import broadcast_shapes, static_shape
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.operation import operation


def _reshape_spec(x: Any, newshape: Any) -> KerasTensor:
    dtype = x.dtype if isinstance(x, KerasTensor) else convert_to_tensor(x).dtype
    if isinstance(newshape, KerasTensor):
        return KerasTensor((None,) * newshape.shape[0], standardize_dtype(dtype))
    sizes: list[int | None] = [
        None if size is None or isinstance(size, KerasTensor) else int(size) for size in _as_sizes(newshape)
    ]
    _check_newshape(sizes, newshape)
    known = None if None in static_shape(x) else math.prod(static_shape(x))  # type: ignore[arg-type]
    if known is not None and None not in sizes:
        rest = math.prod(size for size in sizes if size != -1)  # type: ignore[misc]
        if (rest == 0 or known % rest) if -1 in sizes else rest != known:
            raise ValueError(
                "The total size of the tensor must be unchanged. "
                f"Received: input_shape={static_shape(x)}, newshape={tuple(sizes)}"
            )
        sizes = [known // rest if size == -1 else size for size in sizes]
    return KerasTensor([None if size == -1 else size for size in sizes], standardize_dtype(dtype))


def _as_sizes(newshape: Any) -> Sequence[Any]:
    if isinstance(newshape, torch.Tensor):
        newshape = newshape.tolist()
    return (
        newshape
        if isinstance(newshape, (list, tuple))
        else tuple(newshape)
        if hasattr(newshape, "__iter__")
        else (newshape,)
    )


def _check_newshape(sizes: Sequence[Any], newshape: Any) -> None:
    unknown = [size for size in sizes if isinstance(size, int) and size < 0]
    if any(size != -1 for size in unknown):
        raise ValueError(
            "Each size in `newshape` must be a non-negative integer, or -1 for the one to infer. "
            f"Received: newshape={newshape}"
        )
    if len(unknown) > 1:
        raise ValueError(
            f"There must be at most one unknown dimension (-1) in `newshape`. Received: newshape={newshape}"
        )


@operation(output_spec=_reshape_spec)
def reshape(x: Any, newshape: Any) -> torch.Tensor:
    """The elements of ``x`` in row-major order under another shape.

    Args:
        x: Tensor of any shape.
        newshape: Sizes, an int or a sequence of ints; one of them may be -1, to be inferred.

    Raises:
        ValueError: a size is negative, or more than one is to be inferred.
        RuntimeError: the number of elements differs.

    Example:
        >>> reshape(torch.arange(6), (2, -1)).shape
        torch.Size([2, 3])
    """
    sizes = [-1 if size is None else size for size in _as_sizes(newshape)]
    _check_newshape(sizes, newshape)
    return torch.reshape(
        convert_to_tensor(x), [int(size) if isinstance(size, torch.Tensor) else size for size in sizes]
    )


@operation
def ravel(x: Any) -> torch.Tensor:
    """The elements of ``x`` in row-major order along one axis.

    Example:
        >>> ravel(torch.tensor([[1, 2], [3, 4]]))
        tensor([1, 2, 3, 4])
    """
    return torch.ravel(convert_to_tensor(x))


@operation
def squeeze(x: Any, axis: Axis = None) -> torch.Tensor:
    """``x`` without axes of size 1.

    Args:
        x: Tensor of any shape.
        axis: Axis or axes to drop; None for all those of size 1.

    Raises:
        ValueError: an axis has another size, or does not exist.

    Example:
        >>> squeeze(torch.zeros(1, 3, 1)).shape, squeeze(torch.zeros(1, 3, 1), 0).shape
        (torch.Size([3]), torch.Size([3, 1]))
    """
    x = convert_to_tensor(x)
    if axis is None:
        return torch.squeeze(x)
    axes = normalize_axes(axis, x.ndim)
    if any(x.shape[a] != 1 for a in axes):
        raise ValueError(f"Cannot squeeze axis={axis}, because its size is not 1. Received: x.shape={tuple(x.shape)}")
    return torch.squeeze(x, axes)


@operation
def expand_dims(x: Any, axis: int | Sequence[int]) -> torch.Tensor:
    """``x`` with axes of size 1 added.

    Args:
        x: Tensor of any shape.
        axis: Where the new axis, or axes, are in the result.

    Raises:
        ValueError: the result has no such axis.

    Example:
        >>> expand_dims(torch.zeros(3), 0).shape, expand_dims(torch.zeros(3), (0, -1)).shape
        (torch.Size([1, 3]), torch.Size([1, 3, 1]))
    """
    x = convert_to_tensor(x)
    if isinstance(axis, (int, np.integer)):
        return torch.unsqueeze(x, normalize_axis(axis, x.ndim + 1))
    ndim = x.ndim + (len(axis) if isinstance(axis, (list, tuple)) else 1)
    new, sizes = set(normalize_axes(axis, ndim)), iter(x.shape)
    return x.reshape([1 if a in new else next(sizes) for a in range(ndim)])


def _broadcast_to_spec(x: Any, shape: Any) -> KerasTensor:
    target = tuple(_as_sizes(shape))
    if broadcast_shapes(static_shape(x), target) != target:
        raise ValueError(f"Cannot broadcast shape {static_shape(x)} to {target}.")
    return KerasTensor(target, x.dtype)


@operation(output_spec=_broadcast_to_spec)
def broadcast_to(x: Any, shape: Any) -> torch.Tensor:
    """``x`` repeated along new axes and axes of size 1, without a copy.

    Raises:
        ValueError: with a symbolic ``x``, the shapes do not broadcast.
        RuntimeError: with a tensor, likewise.

    Example:
        >>> broadcast_to(torch.tensor([1, 2]), (2, 2))
        tensor([[1, 2],
                [1, 2]])
    """
    return torch.broadcast_to(convert_to_tensor(x), tuple(_as_sizes(shape)))


@operation
def transpose(x: Any, axes: Sequence[int] | None = None) -> torch.Tensor:
    """``x`` with its axes in another order.

    Args:
        x: Tensor of any shape.
        axes: Which axis of ``x`` comes first, second, ...; None to reverse them.

    Raises:
        ValueError: ``axes`` is not a permutation of the axes of ``x``.

    Example:
        >>> transpose(torch.zeros(2, 3, 4)).shape, transpose(torch.zeros(2, 3, 4), (1, 0, 2)).shape
        (torch.Size([4, 3, 2]), torch.Size([3, 2, 4]))
    """
    x = convert_to_tensor(x)
    if axes is None:
        return x.permute(tuple(range(x.ndim - 1, -1, -1)))
    if len(axes) != x.ndim:
        raise ValueError(
            "axes must be a list of the same length as the input shape. "
            f"Received: x.shape={tuple(x.shape)}, axes={axes}"
        )
    if any(not -x.ndim <= a < x.ndim for a in axes):
        raise ValueError(f"Each axis in `axes` must be an integer in [-{x.ndim}, {x.ndim}). Received: axes={axes}")
    if len({a % x.ndim for a in axes}) != x.ndim:
        raise ValueError(f"`axes` must be a valid permutation of the {x.ndim} axes of `x`. Received: axes={axes}")
    return x.permute(tuple(axes))


@operation
def moveaxis(x: Any, source: int | Sequence[int], destination: int | Sequence[int]) -> torch.Tensor:
    """``x`` with some axes moved to other positions, the rest in their order.

    Raises:
        ValueError: an axis does not exist, or the two differ in number.

    Example:
        >>> moveaxis(torch.zeros(2, 3, 4), 0, -1).shape
        torch.Size([3, 4, 2])
    """
    x = convert_to_tensor(x)
    sources, destinations = normalize_axes(source, x.ndim), normalize_axes(destination, x.ndim)
    if len(sources) != len(destinations):
        raise ValueError(
            f"`source` and `destination` must name as many axes. Received: source={source}, destination={destination}"
        )
    return torch.movedim(x, sources, destinations)


@operation
def swapaxes(x: Any, axis1: int, axis2: int) -> torch.Tensor:
    """``x`` with two axes exchanged.

    Raises:
        ValueError: an axis does not exist.

    Example:
        >>> swapaxes(torch.zeros(2, 3, 4), 0, -1).shape
        torch.Size([4, 3, 2])
    """
    x = convert_to_tensor(x)
    return torch.swapaxes(x, normalize_axis(axis1, x.ndim), normalize_axis(axis2, x.ndim))


@operation
def copy(x: Any) -> torch.Tensor:
    """New tensor with the elements of ``x``.

    Example:
        >>> copy(torch.tensor([1, 2]))
        tensor([1, 2])
    """
    return torch.clone(convert_to_tensor(x))


@operation
def view(x: Any, dtype: Any = None) -> torch.Tensor:
    """The bytes of ``x`` read as another dtype; the last axis grows or shrinks with the size of an element.

    Args:
        x: Tensor; where the sizes of elements differ, its last axis must fit.
        dtype: Dtype to read; None for that of ``x``.

    Raises:
        RuntimeError: the last axis does not fit.

    Example:
        >>> view(torch.tensor([1.0]), "int32")
        tensor([1065353216], dtype=torch.int32)
    """
    x = convert_to_tensor(x)
    return x if dtype is None else x.view(stored_torch_dtype(dtype))


def _size_spec(x: Any) -> KerasTensor:
    return KerasTensor((), "int32")


@operation(output_spec=_size_spec)
def size(x: Any) -> torch.Tensor:
    """Number of elements, as an int32 tensor without axes.

    Example:
        >>> size(torch.zeros(2, 3))
        tensor(6, dtype=torch.int32)
    """
    return torch.tensor(convert_to_tensor(x).numel(), dtype=torch.int32)


def ndim(x: Any) -> int:
    """Number of axes, an int also for a KerasTensor: the number of axes is always known.

    Example:
        >>> ndim(torch.zeros(2, 3))
        2
    """
    return len(static_shape(x))
