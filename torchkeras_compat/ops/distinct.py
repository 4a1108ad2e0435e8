"""Distinct values of a tensor, or distinct slices along an axis."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.ops.axes import normalize_axis
from torchkeras_compat.ops.broadcasting import static_shape
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.operation import operation


def _unique_spec(
    x: Any,
    sorted: bool = True,
    return_index: bool = False,
    return_inverse: bool = False,
    return_counts: bool = False,
    axis: int | None = None,
    size: int | None = None,
    fill_value: Any = None,
) -> Any:
    shape = static_shape(x)
    if axis is None:
        values: Any = (size,)
        inverse = shape
    else:
        axis = normalize_axis(axis, len(shape))
        values = (*shape[:axis], size, *shape[axis + 1 :])
        inverse = (shape[axis],)
    outputs = [KerasTensor(values, x.dtype)]
    outputs += [KerasTensor((size,), "int32")] * return_index
    outputs += [KerasTensor(inverse, "int32")] * return_inverse
    outputs += [KerasTensor((size,), "int32")] * return_counts
    return tuple(outputs) if len(outputs) > 1 else outputs[0]


@operation(output_spec=_unique_spec)
def unique(
    x: Any,
    sorted: bool = True,
    return_index: bool = False,
    return_inverse: bool = False,
    return_counts: bool = False,
    axis: int | None = None,
    size: int | None = None,
    fill_value: Any = None,
) -> Any:
    """Distinct elements of ``x``, or distinct slices along an axis. Each NaN is distinct.

    Args:
        x: Tensor of any shape.
        sorted: Accepted; torch returns sorted values in either case.
        return_index: Whether to return, as int32, the first position of each value.
        return_inverse: Whether to return, as int32, the number of the value at each position.
        return_counts: Whether to return, as int32, how often each value occurs.
        axis: Axis whose slices are compared; None for the elements.
        size: Number of values to return: more are cut off, missing ones filled up.
        fill_value: What fills up; None for the first value.

    Returns:
        The values, or a tuple of them and of what else was asked for, in the order of the arguments.

    Raises:
        ValueError: the axis does not exist.

    Example:
        >>> unique(torch.tensor([3, 1, 3]), return_counts=True)
        (tensor([1, 3]), tensor([1, 2], dtype=torch.int32))
    """
    x = convert_to_tensor(x)
    dim = None if axis is None else normalize_axis(axis, x.ndim)
    values, inverse, counts = torch.unique(x, sorted=sorted, return_inverse=True, return_counts=True, dim=dim)
    along = dim or 0
    outputs = [_resize(values, along, size, fill_value)]
    if return_index:
        outputs.append(
            _resize(_first_positions(inverse.reshape(-1), values.shape[along]), 0, size, None).to(torch.int32)
        )
    if return_inverse:
        outputs.append(inverse.to(torch.int32))
    if return_counts:
        outputs.append(_resize(counts, 0, size, 0).to(torch.int32))
    return tuple(outputs) if len(outputs) > 1 else outputs[0]


def _first_positions(inverse: torch.Tensor, count: int) -> torch.Tensor:
    positions = torch.arange(inverse.shape[0], device=inverse.device)
    first = torch.full((count,), inverse.shape[0], dtype=positions.dtype, device=inverse.device)
    return first.scatter_reduce(0, inverse, positions, "amin")


def _resize(values: torch.Tensor, axis: int, size: int | None, fill_value: Any) -> torch.Tensor:
    count = values.shape[axis]
    if size is None or size == count:
        return values
    if size < count:
        return torch.narrow(values, axis, 0, size)
    shape = list(values.shape)
    shape[axis] = size - count
    if fill_value is None and count:
        filler = torch.narrow(values, axis, 0, 1).expand(shape)
    else:
        filler = values.new_full(shape, 0 if fill_value is None else fill_value)
    return torch.cat([values, filler], dim=axis)
