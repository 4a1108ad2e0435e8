"""Iterators that go on from epoch to epoch, or that threads may share."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterator
from typing import Any


def iter_sequence_infinite(seq: Any) -> Iterator[Any]:
    """Yield the items of a sequence again and again.

    Args:
        seq: What may be iterated several times.

    Example:
        >>> items = iter_sequence_infinite([1, 2])
        >>> [next(items) for _ in range(3)]
        [1, 2, 1]

    Source: Keras 2.15 API, utils/data_utils.
    """
    while True:
        yield from seq


class ThreadsafeIter:
    """An iterator of which one thread at a time gets an item.

    Args:
        it: The iterator.

    Example:
        >>> list(ThreadsafeIter(iter([1, 2])))
        [1, 2]

    Source: Keras 2.15 API, utils/data_utils.
    """

    def __init__(self, it: Iterator[Any]) -> None:
        self.it = it
        self.lock = threading.Lock()

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        with self.lock:
            return next(self.it)

    def next(self) -> Any:
        """Return the next item."""
        return next(self)


def threadsafe_generator(f: Callable[..., Iterator[Any]]) -> Callable[..., ThreadsafeIter]:
    """Let a function return a generator that threads may share.

    Args:
        f: The function.

    Example:
        >>> @threadsafe_generator
        ... def count():
        ...     yield from range(2)
        >>> list(count())
        [0, 1]

    Source: Keras 2.15 API, utils/data_utils.
    """

    @functools.wraps(f)
    def shared(*args: Any, **kwargs: Any) -> ThreadsafeIter:
        return ThreadsafeIter(f(*args, **kwargs))

    return shared
