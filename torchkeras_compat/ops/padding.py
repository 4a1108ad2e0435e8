"""Padding arithmetic of convolution and pooling, and padding itself.

``padding="same"`` in Keras makes the output size ``ceil(size / stride)`` whatever the kernel, and puts the odd element
of the padding after the data. torch pads both sides alike, and refuses ``"same"`` with strides.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F

Sizes = int | Sequence[int]
Pads = list[tuple[int, int]]


def per_axis(value: Sizes, axes: int, name: str) -> tuple[int, ...]:
    """Return an int repeated for each spatial axis, or the given ints.

    Raises:
        ValueError: there are more or fewer ints than axes, or one is not positive.

    Example:
        >>> per_axis(2, 3, "strides"), per_axis((1, 2), 2, "strides")
        ((2, 2, 2), (1, 2))
    """
    values = (value,) * axes if isinstance(value, (int, np.integer)) else tuple(value)
    wrong = {v for v in values if int(v) < 1}
    if len(values) != axes or wrong:
        received = f"{name}={value}" + (f", including values {wrong} that do not satisfy `value > 0`" if wrong else "")
        raise ValueError(f"The `{name}` argument must be a tuple of {axes} integers. Received {received}.")
    return tuple(int(v) for v in values)


def check_padding(padding: str, allowed: Sequence[str] = ("valid", "same")) -> str:
    """Return the padding mode in lower case.

    Raises:
        ValueError: it is not one of ``allowed``.
    """
    mode = str(padding).lower()
    if mode not in allowed:
        raise ValueError(f"`padding` must be one of {tuple(allowed)}. Received: padding={padding!r}")
    return mode


def same_padding(size: int, kernel: int, stride: int = 1, dilation: int = 1) -> tuple[int, int]:
    """Return how many elements to add before and after an axis so that the output has ``ceil(size / stride)``.

    Args:
        size: Size of the axis.
        kernel: Kernel or window size along it.
        stride: Steps between windows.
        dilation: Steps between the elements of a window.

    Example:
        >>> same_padding(5, 3), same_padding(6, 3, stride=2), same_padding(5, 2)
        ((1, 1), (0, 1), (0, 1))
    """
    outputs = (size + stride - 1) // stride  # without a negative number, whose quotient ONNX rounds to zero
    total = (outputs - 1) * stride + (kernel - 1) * dilation + 1 - size
    # Of a symbol for any size both cases are kept; `sym_max` of ints would cost more than the rest of the function.
    total = torch.sym_max(total, 0) if isinstance(total, torch.SymInt) else max(total, 0)
    return total // 2, total - total // 2


def same_paddings(
    sizes: Sequence[int], kernel: Sequence[int], strides: Sequence[int], dilations: Sequence[int]
) -> Pads:
    """Return :func:`same_padding` of every spatial axis."""
    return [same_padding(*axis) for axis in zip(sizes, kernel, strides, dilations)]


def causal_padding(kernel: int, dilation: int = 1) -> tuple[int, int]:
    """Return the padding with which an output sees only inputs at its own position and before.

    Example:
        >>> causal_padding(3, dilation=2)
        (4, 0)
    """
    return (kernel - 1) * dilation, 0


def output_size(size: int | None, kernel: int, stride: int, padding: str, dilation: int = 1) -> int | None:
    """Return the output size of a convolution or pooling along one axis, None for an unknown size.

    Example:
        >>> output_size(7, 3, 2, "valid"), output_size(7, 3, 2, "same"), output_size(None, 3, 2, "same")
        (3, 4, None)
    """
    if size is None:
        return None
    if padding in ("same", "causal"):
        return -(-size // stride)
    return (size - (kernel - 1) * dilation - 1) // stride + 1


def transpose_padding(
    kernel: int, stride: int, padding: str, output_padding: int | None = None, dilation: int = 1
) -> tuple[int, int]:
    """Return how to fit torch's full transposed convolution to Keras's along one axis.

    Args:
        kernel: Kernel size.
        stride: Steps between the windows of the input's elements in the output.
        padding: ``"valid"`` or ``"same"``.
        output_padding: Elements added to the smallest possible output; None for the output size that Keras chooses,
            ``size * stride`` for ``"same"``.
        dilation: Steps between the elements of the kernel.

    Returns:
        ``(cut, extra)``: torch's ``padding``, which cuts both ends alike, and how many elements to add at the end
        afterwards. ``extra`` is torch's ``output_padding`` where torch accepts it; see :func:`takes_output_padding`.

    Example:
        >>> transpose_padding(4, 2, "same"), transpose_padding(3, 2, "same"), transpose_padding(2, 3, "valid")
        ((1, 0), (0, -1), (0, 1))
    """
    reach = (kernel - 1) * dilation + 1
    if padding == "valid":
        return 0, max(stride - reach, 0) if output_padding is None else output_padding
    surplus = reach - stride if output_padding is None else 2 * (reach // 2) - output_padding
    cut = max(surplus, 0) // 2
    return cut, 2 * cut - surplus


def takes_output_padding(extras: Sequence[int], strides: Sequence[int], dilations: Sequence[int]) -> bool:
    """Return whether torch accepts ``extras`` as ``output_padding``."""
    return all(0 <= extra < max(stride, dilation) for extra, stride, dilation in zip(extras, strides, dilations))


def transpose_output_size(
    size: int | None, kernel: int, stride: int, padding: str, output_padding: int | None = None, dilation: int = 1
) -> int | None:
    """Return the output size of a transposed convolution along one axis, None for an unknown size.

    Example:
        >>> transpose_output_size(4, 3, 2, "same"), transpose_output_size(4, 3, 2, "valid")
        (8, 9)
    """
    if size is None:
        return None
    cut, extra = transpose_padding(kernel, stride, padding, output_padding, dilation)
    return (size - 1) * stride + (kernel - 1) * dilation + 1 - 2 * cut + extra


def pooling_padding(
    sizes: Sequence[int], pool_size: Sequence[int], strides: Sequence[int]
) -> tuple[tuple[int, ...], bool] | None:
    """Return torch's ``(padding, ceil_mode)`` that pools as ``padding="same"`` does, without copying the input.

    torch pads both ends alike; with ``ceil_mode`` a last window may reach over the end, which makes up for an odd
    element. None where that is not enough (even windows with stride 1): pad first, by :func:`same_paddings`.

    Example:
        >>> pooling_padding((5,), (2,), (2,)), pooling_padding((5,), (3,), (1,)), pooling_padding((5,), (2,), (1,))
        (((0,), True), ((1,), False), None)
    """
    if any(isinstance(size, torch.SymInt) for size in sizes):  # which of the cases it is differs from call to call
        return None
    pads = same_paddings(sizes, pool_size, strides, (1,) * len(pool_size))
    if any(before != after and stride == 1 for (before, after), stride in zip(pads, strides)):
        return None
    return tuple(before for before, _ in pads), any(before != after for before, after in pads)


def resize_end(x: torch.Tensor, extras: Sequence[int]) -> torch.Tensor:
    """Add zeros at the end of each spatial axis of a channels-first tensor, or cut where ``extras`` is negative."""
    return F.pad(x, [amount for extra in reversed(extras) for amount in (0, extra)]) if any(extras) else x


def pad_spatial(x: torch.Tensor, pads: Pads, value: float = 0.0) -> torch.Tensor:
    """Pad the spatial axes of a channels-first tensor; the same tensor if there is nothing to add.

    Args:
        x: ``(batch, channels, *spatial)``.
        pads: Elements before and after each spatial axis.
        value: What to fill in.
    """
    if any(isinstance(before, torch.SymInt) or before or after for before, after in pads):
        return F.pad(x, [amount for pad in reversed(pads) for amount in pad], value=value)
    return x


def symmetric(pads: Pads) -> tuple[int, ...] | None:
    """Return the padding of each axis if both sides are alike, so that a torch kernel can do it; else None."""
    return tuple(before for before, _ in pads) if all(before == after for before, after in pads) else None
