"""NumPy arrays of objects that hold numbers after all, as pandas and ragged reading leave them."""

from __future__ import annotations

import decimal
import numbers
from collections.abc import Iterator
from typing import Any

import numpy as np


def as_numbers(array: np.ndarray) -> np.ndarray | None:
    """Return the numbers of an array of objects as NumPy has them in a list; None where something is not a number.

    An element may be a number, or a list or array of numbers of the shape of all others.

    Args:
        array: Array of dtype ``object``.

    Example:
        >>> as_numbers(np.array([1, 2.5], dtype=object))
        array([1. , 2.5])
        >>> as_numbers(np.array([1, None], dtype=object)) is None
        True
    """
    try:
        found = np.array(array.tolist())
    except ValueError:  # lists of different lengths
        return None
    if found.dtype.kind in "biufc":
        return found
    if found.dtype.kind == "O" and all(isinstance(x, (numbers.Real, decimal.Decimal)) for x in found.flat):
        return found.astype("float64")  # fractions, decimals, and integers that 64 bits do not hold
    return None


def first_other(array: np.ndarray) -> str:
    """Return words for what in an array of objects is not a number: its index and what it is.

    Example:
        >>> first_other(np.array([1.0, None], dtype=object))
        'None at index 1'
    """
    for index, x in np.ndenumerate(array):
        if not isinstance(x, (numbers.Number, decimal.Decimal, np.generic)) or isinstance(x, (np.str_, np.bytes_)):
            if isinstance(x, (list, tuple, np.ndarray)) and all(_is_number(leaf) for leaf in _leaves(x)):
                continue
            return f"{_shown(x)} at index {', '.join(map(str, index))}" if index else _shown(x)
    return "rows of different lengths"


def _is_number(x: Any) -> bool:
    return isinstance(x, (numbers.Number, decimal.Decimal, np.number, np.bool_))


def _leaves(x: Any) -> Iterator[Any]:
    for part in x:
        if isinstance(part, (list, tuple, np.ndarray)):
            yield from _leaves(part)
        else:
            yield part


def _shown(x: Any) -> str:
    if x is None or isinstance(x, (str, bytes)):
        return f"{x!r:.40}"
    return f"a {type(x).__name__}"
