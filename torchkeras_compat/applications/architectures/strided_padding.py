"""Zeros around feature maps, so that windows in steps of two begin where ``padding="same"`` lets them begin."""

from __future__ import annotations

from torchkeras_compat.symbolic.keras_tensor import KerasTensor

BORDERS = "its windows begin one row and one column earlier where they move by two"
"""Why torchvision's weights of networks with this padding give other numbers here."""


def strided_padding(x: KerasTensor, size: int, channel_axis: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the rows above and below, and the columns left and right, for a window of ``size`` in steps of two.

    Of an unknown height or width is assumed that it is even.

    Args:
        x: Feature maps.
        size: Height and width of the window, odd.
        channel_axis: Axis of the channels.

    Example:
        >>> from torchkeras_compat.layers import Input
        >>> strided_padding(Input((32, 31, 3)), 3, channel_axis=3)
        ((0, 1), (1, 1))
    """
    first = 1 if channel_axis == 3 else 2
    height, width = x.shape[first : first + 2]
    around = size // 2
    return (around - _is_even(height), around), (around - _is_even(width), around)


def _is_even(size: int | None) -> bool:
    return size is None or size % 2 == 0
