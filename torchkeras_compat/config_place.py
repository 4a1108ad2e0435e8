"""The place in a config that is being read: what an error says of it."""

from __future__ import annotations

import contextlib
import contextvars
from collections.abc import Iterator, Mapping
from typing import Any

# The objects being made, from the outermost.
_place: contextvars.ContextVar[tuple[str, ...]] = contextvars.ContextVar("place", default=())


def where() -> str:
    """Return the objects being made, to be put behind what is wrong; empty outside of them."""
    place = _place.get()
    return f", in {' of '.join(reversed(place))}" if place else ""


@contextlib.contextmanager
def making(cls: type, settings: Mapping[str, Any]) -> Iterator[None]:
    """Make an object of this class, from these settings, inside the scope."""
    name = settings.get("name")
    token = _place.set((*_place.get(), f"{cls.__name__} {name!r:.60}" if isinstance(name, str) else cls.__name__))
    try:
        yield
    finally:
        _place.reset(token)
