"""Numbers of NumPy among arguments, as the Python numbers that they are."""

from __future__ import annotations

from typing import Any

import numpy as np

# Types that hold no number of NumPy, found by one look-up; most arguments are of one of them.
PLAIN = frozenset((int, str, float, bool, type(None)))


def holds_numpy(value: Any) -> bool:
    """Return whether a value is a number of NumPy or a 0-d array, or holds one in lists, tuples and dicts."""
    if isinstance(value, (list, tuple)):
        return any(type(part) not in PLAIN and holds_numpy(part) for part in value)
    if isinstance(value, dict):
        return any(type(part) not in PLAIN and holds_numpy(part) for part in value.values())
    return isinstance(value, (np.bool_, np.integer, np.floating)) or _is_number(value)


def plain(value: Any) -> Any:
    """Return a value with Python numbers in place of those of NumPy; arrays with axes, and anything else, stay.

    Example:
        >>> plain((np.int64(3), [np.float64(0.5), np.array(2)], "same", np.bool_(True)))
        (3, [0.5, 2], 'same', True)
    """
    if type(value) in (list, tuple):
        return type(value)(plain(part) for part in value)
    if type(value) is dict:
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, (np.bool_, np.integer, np.floating)) or _is_number(value):
        return value.item()
    return value


def _is_number(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.ndim == 0 and value.dtype.kind in "biuf"
