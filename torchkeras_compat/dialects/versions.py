"""Which dialects had something, by the versions of Keras that had it."""

from __future__ import annotations

import functools

from torchkeras_compat.dialects.dialect import KERAS1, KERAS2, KERAS3, TF_KERAS, Dialect

# The versions whose spellings code of a dialect may use.
_SPANS = {KERAS1: ((0, 1), (1, 2)), KERAS2: ((2, 0), (2, 3)), TF_KERAS: ((2, 0), (2, 15)), KERAS3: ((3, 0), (3, 99))}


@functools.cache
def having(versions: str) -> tuple[Dialect, ...]:
    """Return the dialects that had what these versions had.

    Args:
        versions: First and last: ``"1.0-2.15"``; or one.

    Example:
        >>> [dialect.name for dialect in having("2.4-2.10")]
        ['tf.keras']
    """
    first, _, last = versions.partition("-")
    low, high = _number(first), _number(last or first)
    return tuple(dialect for dialect, (begin, end) in _SPANS.items() if low <= end and begin <= high)


def held(dialect: Dialect, versions: str) -> bool:
    """Return whether something held in the very version whose defaults and signatures a dialect has.

    Args:
        dialect: Of which it is asked.
        versions: First and last, or one.

    Example:
        >>> held(KERAS2, "2.0-2.3"), held(TF_KERAS, "2.0-2.3")
        (True, False)
    """
    first, _, last = versions.partition("-")
    major, minor, *_ = map(int, dialect.version.split("."))
    return _number(first) <= (major, minor) <= _number(last or first)


def _number(version: str) -> tuple[int, int]:
    major, _, minor = version.partition(".")
    return int(major), int(minor or 0)
