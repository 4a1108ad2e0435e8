"""Tensors joined, cut, repeated and reshaped."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.device import current_device
from torchkeras_compat.dtypes.names import standardize_dtype, to_torch_dtype
from torchkeras_compat.legacy.backend.operands import known_sizes, normalized_axis, recorded, sizes, tensor
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.operation import operation


def _common(tensors: Any) -> list[torch.Tensor]:
    parts = [tensor(x) for x in tensors]
    dtype = parts[0].dtype
    for part in parts[1:]:
        dtype = torch.promote_types(dtype, part.dtype)
    return [part.to(dtype) for part in parts]


@operation
def concatenate(tensors: Any, axis: int = -1) -> torch.Tensor:
    """Return tensors joined along an axis, by default the last.

    Args:
        tensors: Tensors that differ in size along this axis only.
        axis: The axis.

    Example:
        >>> concatenate([torch.zeros(2, 1), torch.ones(2, 2)]).shape
        torch.Size([2, 3])
    """
    parts = _common(tensors)
    return torch.cat(parts, dim=normalized_axis(axis, parts[0].dim() or 1))


@operation
def stack(x: Any, axis: int = 0) -> torch.Tensor:
    """Return tensors of one shape joined along a new axis.

    Example:
        >>> stack([torch.zeros(2), torch.ones(2)]).shape
        torch.Size([2, 2])
    """
    return torch.stack(_common(x), dim=axis)


def _reshaped(x: Any, shape: Any) -> KerasTensor:
    target = list(known_sizes(shape))
    known = None if None in x.shape or None in target else _product(x.shape)
    if -1 in target:
        rest = [s for s in target if s != -1]
        target[target.index(-1)] = known // max(_product(rest), 1) if known is not None else None
    return KerasTensor(target, x.dtype)


def _product(shape: Any) -> int:
    product = 1
    for size in shape:
        product *= size
    return product


@recorded(_reshaped)
def reshape(x: Any, shape: Any) -> torch.Tensor:
    """Return the tensor in another shape.

    Args:
        x: Tensor.
        shape: Sizes, which may be tensors of one number; one may be -1. Or a tensor of them.

    Raises:
        RuntimeError: the number of elements differs.

    Example:
        >>> reshape(torch.zeros(2, 3), (3, -1)).shape
        torch.Size([3, 2])
    """
    return tensor(x).reshape(sizes(shape))


@operation
def permute_dimensions(x: Any, pattern: Any) -> torch.Tensor:
    """Return the tensor with its axes in another order.

    Example:
        >>> permute_dimensions(torch.zeros(2, 3), (1, 0)).shape
        torch.Size([3, 2])
    """
    return tensor(x).permute(*sizes(pattern))


@operation
def flatten(x: Any) -> torch.Tensor:
    """Return the elements along one axis.

    Example:
        >>> flatten(torch.zeros(2, 3)).shape
        torch.Size([6])
    """
    return tensor(x).reshape(-1)


@operation
def batch_flatten(x: Any) -> torch.Tensor:
    """Return a tensor of two axes: the first as it is, and all others as one.

    Example:
        >>> batch_flatten(torch.zeros(2, 3, 4)).shape
        torch.Size([2, 12])
    """
    values = tensor(x)
    return values.flatten(1) if values.dim() > 1 else values.reshape(len(values), 1)


@operation
def _expanded(x: Any, axis: int) -> torch.Tensor:
    return tensor(x).unsqueeze(axis)


def expand_dims(x: Any, axis: int = -1, dim: int | None = None) -> Any:
    """Return the tensor with an axis of size one more.

    Args:
        x: Tensor.
        axis: Where.
        dim: The name that Keras 1 has for ``axis``.

    Example:
        >>> expand_dims(torch.zeros(2)).shape, expand_dims(torch.zeros(2), dim=0).shape
        (torch.Size([2, 1]), torch.Size([1, 2]))
    """
    return _expanded(x, axis if dim is None else dim)


@operation
def squeeze(x: Any, axis: int) -> torch.Tensor:
    """Return the tensor without an axis of size one.

    Raises:
        ValueError: its size is another.

    Example:
        >>> squeeze(torch.zeros(2, 1), 1).shape
        torch.Size([2])
    """
    values = tensor(x)
    place = normalized_axis(axis, values.dim())
    if values.shape[place] != 1:
        raise ValueError(
            f"`squeeze` drops an axis of size 1. Axis {axis} of shape {tuple(values.shape)} has another size."
        )
    return values.squeeze(place)


@operation
def repeat(x: Any, n: int) -> torch.Tensor:
    """Return each sample ``n`` times along a new axis: ``(batch, features)`` becomes ``(batch, n, features)``.

    Raises:
        ValueError: ``x`` has another number of axes than two.

    Example:
        >>> repeat(torch.zeros(2, 3), 4).shape
        torch.Size([2, 4, 3])

    Source: Keras 2.3 API, backend.repeat.
    """
    values = tensor(x)
    if values.dim() != 2:
        raise ValueError(
            f"`K.repeat` takes a tensor of shape (batch, features). Received one of shape {tuple(values.shape)}. To"
            " repeat"
            " elements use `K.repeat_elements(x, n, axis)`, for the whole `K.tile`."
        )
    return values.unsqueeze(1).repeat(1, int(n), 1)


@operation
def repeat_elements(x: Any, rep: int, axis: int) -> torch.Tensor:
    """Return each element ``rep`` times along an axis.

    Example:
        >>> repeat_elements(torch.tensor([1, 2]), 2, 0)
        tensor([1, 1, 2, 2])
    """
    return torch.repeat_interleave(tensor(x), int(rep), dim=axis)


def _tiled(x: Any, n: Any) -> KerasTensor:
    times = known_sizes(n)
    if len(times) == 1 and x.ndim > 1:
        times = (*(1,) * (x.ndim - 1), *times)
    return KerasTensor(
        [None if s is None or t is None else s * t for s, t in zip(x.shape, times, strict=True)], x.dtype
    )


@recorded(_tiled)
def tile(x: Any, n: Any) -> torch.Tensor:
    """Return the whole tensor repeated.

    Args:
        x: Tensor.
        n: How often along each axis; one number for the last axis.

    Raises:
        ValueError: there is another number of numbers than axes.

    Example:
        >>> tile(torch.tensor([1, 2]), [2])
        tensor([1, 2, 1, 2])
    """
    values = tensor(x)
    times = (int(n),) if not hasattr(n, "__iter__") or (isinstance(n, torch.Tensor) and n.dim() == 0) else sizes(n)
    if len(times) == 1 and values.dim() > 1:
        times = (*[1] * (values.dim() - 1), *times)
    if len(times) != values.dim():
        raise ValueError(f"`tile` needs one number for each of {values.dim()} axes. Received: n={n}")
    return values.repeat(*times)


@operation
def one_hot(indices: Any, num_classes: int) -> torch.Tensor:
    """Return vectors with a one at the place of each integer, and zeros for integers outside of the classes.

    Args:
        indices: Integers of any shape.
        num_classes: Length of the vectors.

    Returns:
        Tensor of floatx of the shape of the indices and ``(num_classes,)``.

    Example:
        >>> one_hot(torch.tensor([1]), 3)
        tensor([[0., 1., 0.]])
    """
    places = tensor(indices).long()
    classes = torch.arange(int(num_classes), device=places.device)
    return (places.unsqueeze(-1) == classes).to(to_torch_dtype(None))


@operation
def reverse(x: Any, axes: Any) -> torch.Tensor:
    """Return the tensor in reverse order along an axis, or several.

    Example:
        >>> reverse(torch.tensor([1, 2, 3]), 0)
        tensor([3, 2, 1])
    """
    return torch.flip(tensor(x), (axes,) if isinstance(axes, int) else sizes(axes))


def _sliced(x: Any, start: Any, size: Any) -> KerasTensor:
    starts, wanted = known_sizes(start), known_sizes(size)
    known = [
        (None if n is None or s is None else n - s) if w == -1 else w
        for n, s, w in zip(x.shape, starts, wanted, strict=True)
    ]
    return KerasTensor(known, x.dtype)


@recorded(_sliced)
def slice(x: Any, start: Any, size: Any) -> torch.Tensor:
    """Return a part of a tensor.

    Args:
        x: Tensor.
        start: First place along each axis.
        size: Number of places along each axis; -1 for all from the first on.

    Raises:
        ValueError: there is another number of places than axes, or they lie outside.

    Example:
        >>> slice(torch.arange(5), [1], [2])
        tensor([1, 2])

    Source: Keras 2.3 API, backend.slice.
    """
    values = tensor(x)
    starts, wanted = sizes(start), sizes(size)
    if not len(starts) == len(wanted) == values.dim():
        raise ValueError(f"`slice` needs a start and a size for each of {values.dim()} axes. Received: {start}, {size}")
    for axis, (first, number) in enumerate(zip(starts, wanted, strict=True)):
        number = values.shape[axis] - first if number == -1 else number
        if first < 0 or number < 0 or first + number > values.shape[axis]:
            raise ValueError(
                f"`slice` from {first} on of size {number} lies outside of axis {axis}, of {values.shape[axis]}."
            )
        values = values.narrow(axis, first, number)
    return values


def _counted(start: Any, stop: Any = None, step: Any = 1, dtype: Any = "int32") -> KerasTensor:
    ends = (start, stop, step)
    is_float = any(isinstance(x, float) or (isinstance(x, KerasTensor) and "float" in x.dtype) for x in ends)
    return KerasTensor((None,), standardize_dtype(None if dtype == "int32" and is_float else dtype))


@recorded(_counted)
def arange(start: Any, stop: Any = None, step: Any = 1, dtype: Any = "int32") -> torch.Tensor:
    """Return numbers from ``start`` up to, and without, ``stop``; from 0 up to ``start`` if there is no ``stop``.

    Args:
        start: First number. One below 0, without ``stop``, gives no numbers.
        stop: End.
        step: Distance.
        dtype: Of the result; int32, the default, leaves fractional numbers floatx.

    Example:
        >>> arange(3), arange(0.5, 2.5)
        (tensor([0, 1, 2], dtype=torch.int32), tensor([0.5000, 1.5000]))

    Source: Keras 2.3 API, backend.arange.
    """
    numbers = [x.item() if isinstance(x, torch.Tensor) else x for x in (start, stop, step)]
    first, end = (0, max(numbers[0], 0)) if numbers[1] is None else numbers[:2]
    if dtype == "int32" and any(isinstance(x, float) for x in numbers):
        dtype = None
    return torch.arange(first, end, numbers[2], device=current_device()).to(to_torch_dtype(dtype))
