"""Where the config comes from that is being read: a file, the program, or a live object.

It decides what of plugins is found (for the config of a file or program, what they declare safe), and whether patterns
are matched within a budget.
"""

from __future__ import annotations

import contextlib
import contextvars
from collections.abc import Iterator

from torchkeras_compat import path_patterns

_source: contextvars.ContextVar[str | None] = contextvars.ContextVar("source", default=None)
_is_own: contextvars.ContextVar[bool] = contextvars.ContextVar("is_own", default=False)


@contextlib.contextmanager
def reading_file(source: str) -> Iterator[None]:
    """Look names up for a file inside the scope: of what plugins register, only what they declare safe is found.

    Args:
        source: Name of the file, for messages.
    """
    token = _source.set(source)
    steps = path_patterns.reading.set(path_patterns.reading.get() or path_patterns.Steps())
    try:
        yield
    finally:
        _source.reset(token)
        path_patterns.reading.reset(steps)


@contextlib.contextmanager
def reading_config() -> Iterator[None]:
    """As :func:`reading_file`, for a config that the program hands in, unless a file or an own config is being read."""
    if _source.get() is not None or _is_own.get():
        yield
        return
    with reading_file("the config"):
        yield


@contextlib.contextmanager
def own_config() -> Iterator[None]:
    """Find everything that plugins register inside the scope: configs come from live objects, as in a clone."""
    tokens = _source.set(None), _is_own.set(True), path_patterns.reading.set(None)
    try:
        yield
    finally:
        _source.reset(tokens[0])
        _is_own.reset(tokens[1])
        path_patterns.reading.reset(tokens[2])


def is_file() -> bool:
    """Return whether a `reading_file` scope is open."""
    return _source.get() is not None


def file_name() -> str | None:
    """Return the name of the file being read, or None."""
    return _source.get()
