"""Rounds: everybody once, in an order that changes, so that a slow moment of the machine hits all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

Figures = TypeVar("Figures")


def order(names: Sequence[str], turn: int) -> list[str]:
    """Return the order of a round: every second round goes backwards, and then it rotates by one.

    >>> [order("abc", turn) for turn in range(3)]
    [['a', 'b', 'c'], ['c', 'b', 'a'], ['b', 'c', 'a']]
    """
    first = turn // 2 % len(names) if names else 0
    rotated = [*names[first:], *names[:first]]
    return rotated[::-1] if turn % 2 else rotated


def take_turns(names: Sequence[str], run: Callable[[str], Figures | None], rounds: int) -> dict[str, list[Figures]]:
    """Run everybody once per round, never two at once, and return the figures of each.

    Whoever returns None takes no further part, and is not in the result.
    """
    found: dict[str, list[Figures]] = {name: [] for name in names}
    for turn in range(rounds):
        for name in order(names, turn):
            if name not in found:
                continue
            figures = run(name)
            if figures is None:
                del found[name]
            else:
                found[name].append(figures)
    return found
