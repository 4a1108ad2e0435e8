"""Elements repeated, moved or surrounded: tile, repeat, roll, flip, rotate, pad."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from torchkeras_compat.ops.axes import Axis, normalize_axes, normalize_axis
from torchkeras_compat.ops.broadcasting import element_count, static_shape
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.operation import operation


@operation
def tile(x: Any, repeats: int | Sequence[int]) -> torch.Tensor:
    """Copies of ``x`` side by side along each axis.

    Args:
        x: Tensor of any shape.
        repeats: Number of copies along the last axis, or along each of the last axes.

    Example:
        >>> tile(torch.tensor([1, 2]), 2)
        tensor([1, 2, 1, 2])
    """
    counts = [int(n) for n in repeats] if hasattr(repeats, "__iter__") else [int(repeats)]
    return torch.tile(convert_to_tensor(x), counts)


def _repeat_spec(x: Any, repeats: Any, axis: int | None = None) -> KerasTensor:
    shape = static_shape(x)
    if axis is None:
        shape, axis = (element_count(shape),), 0
    axis = normalize_axis(axis, len(shape))
    counts = [int(n) for n in repeats] if hasattr(repeats, "__iter__") else [int(repeats)]
    length = shape[axis]
    repeated = None if length is None else sum(counts) if len(counts) > 1 else length * counts[0]
    if len(counts) > 1 and length not in (None, len(counts)):
        raise ValueError(
            f"`repeats` must have one element, or as many as axis {axis} of `x` has: {length}. "
            f"Received: repeats={repeats}"
        )
    return KerasTensor((*shape[:axis], repeated, *shape[axis + 1 :]), x.dtype)


@operation(output_spec=_repeat_spec)
def repeat(x: Any, repeats: Any, axis: int | None = None) -> torch.Tensor:
    """Each element repeated in its place.

    Args:
        x: Tensor of any shape.
        repeats: How often: a number, or one number for each element along the axis.
        axis: Axis along which to repeat; None for the flattened tensor.

    Raises:
        ValueError: the axis does not exist.

    Example:
        >>> repeat(torch.tensor([1, 2]), 2)
        tensor([1, 1, 2, 2])
    """
    x = convert_to_tensor(x)
    if axis is not None:
        axis = normalize_axis(axis, x.ndim)
    if isinstance(repeats, (int, np.integer)):
        return torch.repeat_interleave(x, int(repeats), dim=axis)
    counts = convert_to_tensor(repeats).to(x.device)
    return torch.repeat_interleave(x, counts if counts.ndim else counts.reshape(1), dim=axis)


@operation
def roll(x: Any, shift: int | Sequence[int], axis: Axis = None) -> torch.Tensor:
    """Elements moved along axes; those that leave at the end enter at the beginning.

    Args:
        x: Tensor of any shape.
        shift: Number of places, or one number for each axis.
        axis: Axis or axes; None for the flattened tensor.

    Raises:
        ValueError: an axis does not exist.

    Example:
        >>> roll(torch.tensor([1, 2, 3]), 1)
        tensor([3, 1, 2])
    """
    x = convert_to_tensor(x)
    if axis is None:
        return torch.roll(x, shift)
    axes = normalize_axes(axis, x.ndim)
    return torch.roll(x, [shift] * len(axes) if isinstance(shift, (int, np.integer)) else list(shift), axes)


@operation
def flip(x: Any, axis: Axis = None) -> torch.Tensor:
    """Elements in reverse order along axes, all of them for None.

    Raises:
        ValueError: an axis does not exist.

    Example:
        >>> flip(torch.tensor([1, 2, 3]))
        tensor([3, 2, 1])
    """
    x = convert_to_tensor(x)
    return torch.flip(x, normalize_axes(axis, x.ndim))


@operation
def fliplr(x: Any) -> torch.Tensor:
    """Elements in reverse order along the second axis.

    Example:
        >>> fliplr(torch.tensor([[1, 2, 3]]))
        tensor([[3, 2, 1]])
    """
    return torch.fliplr(convert_to_tensor(x))


@operation
def flipud(x: Any) -> torch.Tensor:
    """Elements in reverse order along the first axis.

    Example:
        >>> flipud(torch.tensor([1, 2, 3]))
        tensor([3, 2, 1])
    """
    return torch.flipud(convert_to_tensor(x))


@operation
def rot90(array: Any, k: int = 1, axes: Sequence[int] = (0, 1)) -> torch.Tensor:
    """Quarter turns in the plane of two axes, from the first to the second.

    Args:
        array: Tensor of two or more axes.
        k: Number of quarter turns.
        axes: The two axes.

    Raises:
        ValueError: fewer than two axes, or the two are not different.

    Example:
        >>> rot90(torch.tensor([[1, 2], [3, 4]]))
        tensor([[2, 4],
                [1, 3]])
    """
    array = convert_to_tensor(array)
    if array.ndim < 2:
        raise ValueError(f"Input array must have at least 2 dimensions. Received: array.ndim={array.ndim}")
    if len(axes) != 2 or axes[0] % array.ndim == axes[1] % array.ndim:
        raise ValueError(f"`axes` must be a tuple of two different axes. Received: axes={axes}")
    return torch.rot90(array, k=k, dims=tuple(axes))


@operation
def pad(x: Any, pad_width: Any, mode: str = "constant", constant_values: Any = None) -> torch.Tensor:
    """``x`` with elements added before and after each axis.

    Args:
        x: Tensor of any shape.
        pad_width: How many: ``((before, after), ...)`` for each axis, ``(before, after)`` or one number for all.
        mode: ``"constant"``, ``"reflect"`` (mirrored at the border element) or ``"symmetric"`` (mirrored behind it).
        constant_values: What to add with ``"constant"``, 0 by default.

    Raises:
        ValueError: an unknown mode, widths that do not fit, or ``constant_values`` with another mode.

    Example:
        >>> pad(torch.tensor([1, 2, 3]), 1), pad(torch.tensor([1, 2, 3]), (1, 0), mode="reflect")
        (tensor([0, 1, 2, 3, 0]), tensor([2, 1, 2, 3]))
    """
    x = convert_to_tensor(x)
    if constant_values is not None and mode != "constant":
        raise ValueError(
            "Argument `constant_values` can only be provided when `mode == 'constant'`. "
            f"Received: mode={mode}, constant_values={constant_values}"
        )
    widths = _pad_widths(pad_width, x.ndim)
    if mode == "constant":
        flat = [n for pair in reversed(widths) for n in pair]
        return torch.nn.functional.pad(x, flat, value=0 if constant_values is None else constant_values)
    if mode not in ("reflect", "symmetric"):
        raise ValueError(f"Unknown padding mode {mode!r}. Use 'constant', 'reflect' or 'symmetric'.")
    for axis, (before, after) in enumerate(widths):
        if before or after:
            # torch mirrors only the last axes, and only floats: an index selects any axis of any dtype.
            x = torch.index_select(x, axis, _mirrored(x.shape[axis], before, after, mode == "symmetric", x.device))
    return x


def _pad_widths(pad_width: Any, ndim: int) -> list[tuple[int, int]]:
    if isinstance(pad_width, (int, np.integer)):
        return [(int(pad_width), int(pad_width))] * ndim
    given = list(pad_width)
    if not any(hasattr(w, "__iter__") for w in given):
        given = [given]
    widths = [tuple(int(n) for n in w) for w in given]
    widths = [w * 2 if len(w) == 1 else w for w in widths]
    if len(widths) == 1:
        widths *= ndim
    if len(widths) != ndim or any(len(w) != 2 for w in widths):
        raise ValueError(f"`pad_width` must have the shape ({ndim}, 2), (2,) or (). Received: pad_width={pad_width}")
    return widths  # type: ignore[return-value]


def _mirrored(size: int, before: int, after: int, repeats_border: bool, device: torch.device) -> torch.Tensor:
    """Return the indices of an axis mirrored over and over at both ends."""
    period = 2 * size if repeats_border else max(2 * size - 2, 1)
    position = torch.remainder(torch.arange(-before, size + after, device=device), period)
    return torch.minimum(position, period - repeats_border - position)
