"""Amounts to add or cut off at both ends of spatial axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Border = int | Sequence[int] | Sequence[Sequence[int]]


def borders(given: Border, rank: int, name: str) -> tuple[tuple[int, int], ...]:
    """Return what to add or cut before and after each spatial axis.

    Args:
        given: An int for all, one int for each axis, or a pair for each axis; for one axis also just a pair.
        rank: Number of spatial axes.
        name: Name of the argument.

    Raises:
        ValueError: it is none of these, or an entry is negative.
    """
    found: Any = given
    if isinstance(given, int):
        found = ((given, given),) * rank
    elif rank == 1:  # a pair alone
        found = (tuple(given),) if hasattr(given, "__len__") else given
    elif hasattr(given, "__len__") and len(given) == rank:
        found = tuple((v, v) if isinstance(v, int) else tuple(v) for v in given)
    if not isinstance(found, tuple) or any(
        not isinstance(pair, tuple) or len(pair) != 2 or any(not isinstance(v, int) or v < 0 for v in pair)
        for pair in found
    ):
        raise ValueError(
            f"`{name}` must be an int, a tuple of {rank} ints, or a tuple of {rank} pairs (before, after), none of "
            f"them negative. Received: {name}={given}"
        )
    return found
