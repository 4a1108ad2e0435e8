"""Numbers of channels as multiples of 8, which processors compute fastest."""

from __future__ import annotations

_MULTIPLE = 8


def multiple_of_8(channels: float, least: float = 0.9) -> int:
    """Return the multiple of 8 nearest to a number of channels, at least 8, and never less than a fraction of it.

    Args:
        channels: The exact number.
        least: The fraction; where the nearest multiple is less, the next one is taken.

    Example:
        >>> multiple_of_8(20), multiple_of_8(11.2), multiple_of_8(1), multiple_of_8(19.2), multiple_of_8(19.2, least=0)
        (24, 16, 8, 24, 16)
    """
    nearest = max(_MULTIPLE, int(channels + _MULTIPLE / 2) // _MULTIPLE * _MULTIPLE)
    return nearest + _MULTIPLE if nearest < least * channels else nearest
