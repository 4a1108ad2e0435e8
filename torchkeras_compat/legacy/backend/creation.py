"""Variables that are made once where the code that makes them runs in each step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_REPEATED: ContextVar[tuple[list[Any], list[int]] | None] = ContextVar("variables made before, and where", default=None)


@contextmanager
def creations_repeated(made: list[Any]) -> Iterator[None]:
    """Have the variables that are made inside be those that were made the first time, in the same order.

    Args:
        made: The variables of the first time; empty then, and filled.

    Example:
        >>> from torchkeras_compat.legacy.backend.variables import variable
        >>> made = []
        >>> with creations_repeated(made):
        ...     first = variable(1.0)
        >>> with creations_repeated(made):
        ...     variable(1.0) is first
        True
    """
    token = _REPEATED.set((made, [0]))
    try:
        yield
    finally:
        _REPEATED.reset(token)


def made_before() -> Any:
    """Return the variable that was made here the first time; None if this is the first time."""
    repeated = _REPEATED.get()
    if repeated is None:
        return None
    made, place = repeated
    place[0] += 1
    return made[place[0] - 1] if place[0] <= len(made) else None


def keep(variable: Any) -> Any:
    """Keep a variable for the next time, and return it."""
    repeated = _REPEATED.get()
    if repeated is not None:
        repeated[0].append(variable)
    return variable
