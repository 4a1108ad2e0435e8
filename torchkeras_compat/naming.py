"""Names that are unique in the process, and the scopes that make paths of them."""

from __future__ import annotations

import contextlib
import functools
import re
from collections import Counter
from collections.abc import Container, Iterator, Mapping

_counts: Counter[str] = Counter()
open_names: list[str] = []
"""The open name scopes, outermost first; calls of layers open one each without a call of :func:`name_scope`."""


@functools.cache  # asked for every layer, of few classes
def to_snake_case(name: str) -> str:
    """Return a class name in snake case, as Keras does.

    Example:
        >>> to_snake_case("Conv2DTranspose"), to_snake_case("LSTM")
        ('conv2d_transpose', 'lstm')
    """
    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


def auto_name(prefix: str) -> str:
    """Return ``prefix``, then ``prefix_1``, ``prefix_2``, ... on later calls."""
    count = _counts[prefix]
    _counts[prefix] += 1
    return prefix if count == 0 else f"{prefix}_{count}"


def free_name(stem: str, *taken: Container[str], first: int = 0) -> str:
    """Return ``stem``, or the first of ``stem_1``, ``stem_2``, ... that none of ``taken`` holds.

    Args:
        stem: Start of the name.
        taken: Names that are taken.
        first: Number to begin with, where those below are known to be taken.

    Example:
        >>> free_name("slot", {"slot": 0}, {"slot_1": 0})
        'slot_2'
    """
    n = first
    while True:
        name = f"{stem}_{n}" if n else stem
        for names in taken:
            if name in names:
                break
        else:
            return name
        n += 1


def names_given() -> dict[str, int]:
    """Return how many names :func:`auto_name` has given, by their prefix."""
    return dict(_counts)


def names_given_since(before: Mapping[str, int]) -> dict[str, int]:
    """Return how many names :func:`auto_name` has given since :func:`names_given` returned ``before``."""
    return {prefix: n - before.get(prefix, 0) for prefix, n in _counts.items() if n != before.get(prefix, 0)}


def pass_over_names(numbers: Mapping[str, int]) -> None:
    """Leave out the next names, as many for each prefix."""
    for prefix, number in numbers.items():
        _counts[prefix] += number


def get_uid(prefix: str = "") -> int:
    """Return 1, then 2, 3, ... on later calls with the same ``prefix``."""
    _counts[prefix] += 1
    return _counts[prefix]


def reset_names() -> None:
    """Number all automatic names from the start again."""
    _counts.clear()


@contextlib.contextmanager
def name_scope(name: str) -> Iterator[str]:
    """Put ``name`` in front of the path of every variable made inside.

    Raises:
        ValueError: ``name`` is not a non-empty string without ``/``.

    Example:
        >>> with name_scope("encoder"), name_scope("dense"):
        ...     current_path()
        'encoder/dense'
    """
    if not name or not isinstance(name, str) or "/" in name:
        raise ValueError(
            f"Argument `name` must be a non-empty string without the character `/`. Received: name={name!r}"
        )
    open_names.append(name)
    try:
        yield name
    finally:
        open_names.pop()


def current_path() -> str:
    """Return the open name scopes joined by ``/``."""
    return "/".join(open_names)
