"""The order in which a shuffled dataset yields: defined here, so that a seed repeats it everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

_DRAWN_AT_ONCE = 1024


def random_numbers(seed: int, number: int = 0) -> np.random.Generator:
    """Return the random numbers of pass ``number`` for a seed: those of NumPy's PCG64."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([int(seed) % 2**64, number])))


def shuffled(elements: Iterable[Any], buffer_size: int, numbers: np.random.Generator) -> Iterator[Any]:
    """Yield elements drawn at random from the next ``buffer_size`` ones.

    The buffer is filled first. Then each new element takes the place of the one drawn, and in the end what is left
    comes in the order of a permutation. So with a buffer of all elements the order is ``permutation(count)``.

    Example:
        >>> list(shuffled("abcd", 4, random_numbers(0))) == [*"abcd"[:0], *("abcd"[i] for i in
        ...     random_numbers(0).permutation(4))]
        True
    """
    buffer: list[Any] = []
    source = iter(elements)
    for element in source:
        buffer.append(element)
        if len(buffer) == buffer_size:
            break
    places: Iterator[int] = iter(())
    for element in source:
        place = next(places, -1)
        if place < 0:
            places = iter(numbers.integers(buffer_size, size=_DRAWN_AT_ONCE).tolist())
            place = next(places)
        drawn, buffer[place] = buffer[place], element
        yield drawn
    for place in numbers.permutation(len(buffer)).tolist():
        yield buffer[place]
        buffer[place] = None
