"""Numbers of channels as multiples of 8, which processors compute fastest."""

from __future__ import annotations

_MULTIPLE = 8


def multiple_of_8(channels: float) -> int:
    """Return the multiple of 8 nearest to a number of channels, at least 8, and never less than nine tenths of it.

    Example:
        >>> multiple_of_8(20), multiple_of_8(11.2), multiple_of_8(1)
        (24, 16, 8)
    """
    nearest = max(_MULTIPLE, int(channels + _MULTIPLE / 2) // _MULTIPLE * _MULTIPLE)
    return nearest + _MULTIPLE if nearest < 0.9 * channels else nearest
