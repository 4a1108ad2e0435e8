"""Arguments that several layers of images take: ranges of factors and of pixel values, sizes, seeds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

Range = tuple[float, float]


def is_number(value: Any) -> bool:
    """Return whether a value is a finite real number."""
    if isinstance(value, bool) or not isinstance(value, (int, float, np.integer, np.floating)):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # an int that no float holds
        return False


def factor_range(value: Any, lowest: float, highest: float, name: str = "factor") -> Range:
    """Return the range of a factor: ``(low, high)``, or for a number ``(-number, number)`` as far as it is allowed.

    Raises:
        ValueError: it is neither, or not within ``[lowest, highest]``.
    """
    ends: Sequence[Any] = value if isinstance(value, (list, tuple)) else [value]
    is_range = isinstance(value, (list, tuple)) and len(value) == 2
    if not (is_range or not isinstance(value, (list, tuple))) or not all(is_number(end) for end in ends):
        raise _range_error(value, lowest, highest, name)
    if is_range:
        low, high = sorted(ends)
    else:
        low, high = max(lowest, -abs(value)), abs(value)
        low, high = min(low, high), high
    reach = min(lowest, -highest) if lowest == 0 else lowest  # a range of signed factors is fine where a number is not
    if low < reach or high > highest or (not is_range and abs(value) < lowest):
        raise _range_error(value, lowest, highest, name)
    return low, high


def probability_range(value: Any, name: str = "factor") -> Range:
    """Return a range within [0, 1]: ``(low, high)``, or for a number ``(0, number)``.

    Raises:
        ValueError: it is neither.
    """
    low, high = factor_range(value, 0, 1, name)
    if low < 0 or (is_number(value) and value < 0):
        raise _range_error(value, 0, 1, name)
    return low, high


def _range_error(value: Any, lowest: float, highest: float, name: str) -> ValueError:
    return ValueError(
        f"The `{name}` argument should be a number (or a list of two numbers) in the range [{lowest}, {highest}]. "
        f"Received: {name}={value}"
    )


def value_range_of(value: Any) -> Range:
    """Return the lowest and the highest value of a pixel.

    Raises:
        ValueError: ``value`` is not a sequence of two numbers, the lower first.
    """
    is_pair = isinstance(value, (list, tuple)) and len(value) == 2 and all(is_number(end) for end in value)
    if not is_pair or value[0] >= value[1]:
        raise ValueError(
            f"The `value_range` argument should be a list of two numbers, the lower first. Received: "
            f"value_range={value}"
        )
    return value[0], value[1]


def as_given(factor: Any) -> Any:
    """Return a factor as a config keeps it: a list of files is the tuple that was given."""
    return tuple(factor) if isinstance(factor, list) else factor


def checked_size(height: Any, width: Any) -> tuple[int, int]:
    """Return a height and a width.

    Raises:
        ValueError: one is not a positive int.
    """
    for name, value in (("height", height), ("width", width)):
        is_int = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
        if not is_int or value < 1:
            raise ValueError(f"`{name}` must be a positive integer. Received: {name}={value!r}")
    return int(height), int(width)


def one_of(name: str, value: Any, allowed: Sequence[str], error: type[Exception] = ValueError) -> Any:
    """Return an argument that takes some words.

    Raises:
        ValueError: the value is not one of them (or ``error``).
    """
    if value not in allowed:
        raise error(f"Unknown `{name}` {value!r}. Expected one of {tuple(allowed)}.")
    return value
