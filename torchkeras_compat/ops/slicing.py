"""Blocks cut out of tensors and written into them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from torchkeras_compat.ops.axes import normalize_axis
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.operation import operation


def _slice_spec(inputs: Any, start_indices: Any, shape: Any) -> KerasTensor:
    starts = [None] * _length(start_indices) if _is_tensor(start_indices) else list(start_indices)
    _check_lengths(len(inputs.shape), len(starts), _length(shape))
    sizes: list[int | None] = []
    for available, start, size in zip(inputs.shape, starts, shape):
        if int(size) != -1:
            sizes.append(int(size))
        else:
            sizes.append(
                None if available is None or not isinstance(start, (int, np.integer)) else available - int(start)
            )
    return KerasTensor(sizes, inputs.dtype)


@operation(output_spec=_slice_spec)
def slice(inputs: Any, start_indices: Any, shape: Any) -> torch.Tensor:
    """Return the block of ``inputs`` that starts at ``start_indices`` and has the given shape.

    Args:
        inputs: Tensor.
        start_indices: First index along each axis; a tensor on another device than the CPU is not waited for.
        shape: Sizes of the block; -1 for all that is left.

    Raises:
        ValueError: there are more or fewer starts or sizes than axes.

    Example:
        >>> slice([[1, 2, 3], [4, 5, 6]], [0, 1], [2, -1])
        tensor([[2, 3],
                [5, 6]], dtype=torch.int32)
    """
    inputs = convert_to_tensor(inputs)
    starts = _starts(start_indices)
    sizes = [int(size) for size in shape]
    _check_lengths(inputs.ndim, len(starts), len(sizes))
    for axis, (start, size) in enumerate(zip(starts, sizes)):
        if isinstance(start, torch.Tensor):
            places = torch.arange(inputs.shape[axis] if size == -1 else size, device=inputs.device) + start
            inputs = inputs.index_select(axis, places)
        else:
            inputs = inputs.narrow(axis, start, inputs.shape[axis] - start if size == -1 else size)
    return inputs


@operation
def slice_update(inputs: Any, start_indices: Any, updates: Any) -> torch.Tensor:
    """Return ``inputs`` with the block that starts at ``start_indices`` replaced by ``updates``.

    Args:
        inputs: Tensor.
        start_indices: First index along each axis; a tensor on another device than the CPU is not waited for.
        updates: The new block, with as many axes as ``inputs``.

    Raises:
        ValueError: there are more or fewer starts or axes of ``updates`` than axes of ``inputs``.

    Example:
        >>> slice_update([0, 0, 0, 0], [1], [7, 8])
        tensor([0, 7, 8, 0], dtype=torch.int32)
    """
    inputs = convert_to_tensor(inputs)
    updates = convert_to_tensor(updates).to(inputs.dtype)
    starts = _starts(start_indices)
    _check_lengths(inputs.ndim, len(starts), updates.ndim, "updates")
    if any(isinstance(start, torch.Tensor) for start in starts):
        places = [
            (torch.arange(size, device=inputs.device) + start).reshape(-1, *(1,) * (inputs.ndim - axis - 1))
            for axis, (start, size) in enumerate(zip(starts, updates.shape))
        ]
        return inputs.index_put(tuple(places), updates)
    result = inputs.clone()
    block = result
    for axis, (start, size) in enumerate(zip(starts, updates.shape)):
        block = block.narrow(axis, start, size)
    block.copy_(updates)
    return result


def _unstack_spec(x: Any, num: int | None = None, axis: int = 0) -> list[KerasTensor]:
    position = normalize_axis(axis, len(x.shape))
    size = x.shape[position] if num is None else num
    if size is None:
        raise ValueError(f"Cannot infer argument `num` from shape {tuple(x.shape)} along axis {axis}. Pass `num`.")
    return [KerasTensor(x.shape[:position] + x.shape[position + 1 :], x.dtype) for _ in range(size)]


@operation(output_spec=_unstack_spec)
def unstack(x: Any, num: int | None = None, axis: int = 0) -> list[torch.Tensor]:
    """Return the slices of ``x`` along ``axis`` as a list.

    Args:
        x: Tensor.
        num: Number of slices; needed where the shape is not known.
        axis: Axis that goes away.

    Raises:
        ValueError: there is no such axis, or ``num`` is not its size, or is needed and missing.

    Example:
        >>> unstack([[1, 2], [3, 4]], axis=1)
        [tensor([1, 3], dtype=torch.int32), tensor([2, 4], dtype=torch.int32)]
    """
    x = convert_to_tensor(x)
    parts = list(x.unbind(normalize_axis(axis, x.ndim)))
    if num is not None and num != len(parts):
        raise ValueError(f"`num` must be the size of axis {axis}. Received: num={num}, x.shape={tuple(x.shape)}")
    return parts


def _is_tensor(x: Any) -> bool:
    return isinstance(x, (torch.Tensor, KerasTensor))


def _length(x: Any) -> int:
    return x.shape[0] if hasattr(x, "shape") else len(x)


def _starts(start_indices: Any) -> Sequence[int | torch.Tensor]:
    """Ints where that costs no waiting for a device, else tensors."""
    if isinstance(start_indices, torch.Tensor):
        if start_indices.device.type == "cpu":
            return [int(start) for start in start_indices.tolist()]
        return list(start_indices.to(torch.int64).unbind())
    return [
        start.to(torch.int64) if isinstance(start, torch.Tensor) and start.device.type != "cpu" else int(start)
        for start in start_indices
    ]


def _check_lengths(axes: int, starts: int, sizes: int, name: str = "shape") -> None:
    if starts != axes:
        raise ValueError(
            "The number of dimensions in `start_indices` must match the number of dimensions in `inputs`. "
            f"Received: {starts} and {axes}"
        )
    if sizes != axes:
        raise ValueError(
            f"The number of dimensions in `inputs` must match the number of dimensions in `{name}`. "
            f"Received: {axes} and {sizes}"
        )
