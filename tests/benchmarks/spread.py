"""Medians and quartiles of measurements, and of their ratios, round by round."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Spread:
    """The median of some values, and the quartiles around it."""

    median: float
    low: float
    high: float

    def text(self, digits: int = 3, scale: float = 1.0) -> str:
        """Write the median with the quartiles behind it.

        >>> Spread(0.5, 0.25, 1.0).text(2)
        '0.50 (0.25–1.00)'
        """
        median, low, high = (f"{value * scale:.{digits}f}" for value in (self.median, self.low, self.high))
        return median if low == median == high else f"{median} ({low}–{high})"


def spread(values: Sequence[float]) -> Spread:
    """Return median and quartiles of at least one value.

    >>> spread([1.0, 2.0, 3.0, 4.0, 5.0])
    Spread(median=3.0, low=2.0, high=4.0)
    """
    if not values:
        raise ValueError("the spread of no values: at least one round is needed")
    if len(values) == 1:
        return Spread(values[0], values[0], values[0])
    low, median, high = statistics.quantiles(values, n=4, method="inclusive")
    return Spread(median, low, high)


def ratios(values: Sequence[float], base: Sequence[float]) -> Spread:
    """Return the spread of the ratios of two engines, each of one round.

    A moment in which the machine is slow hits both sides of a ratio; the ratio of two medians does not know of it.

    >>> ratios([1.0, 20.0, 3.0], [2.0, 40.0, 3.0])
    Spread(median=0.5, low=0.5, high=0.75)
    """
    if len(values) != len(base):
        raise ValueError(f"ratios need as many rounds on both sides, received {len(values)} and {len(base)}")
    return spread([value / other for value, other in zip(values, base)])


def geometric_mean(values: Iterable[float]) -> float:
    """Return the mean for ratios: that of 0.5 and 2 is 1."""
    logarithms = [math.log(value) for value in values]
    return math.exp(sum(logarithms) / len(logarithms))
