"""Generators, iterators and iterables of batches."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from torchkeras_compat.data.stream import Parts, StreamAdapter


class GeneratorAdapter(StreamAdapter):
    """Batches that Python code yields.

    An iterator is used up: the next epoch goes on where the last one stopped, so give ``steps_per_epoch`` for more
    than one epoch of an endless one. An iterable that is not an iterator starts again for each epoch. The first batch
    is taken at once, to be checked before anything runs; it is not lost.

    Args:
        source: Yields ``x``, ``(x,)``, ``(x, y)`` or ``(x, y, sample_weight)``.
        **options: As :class:`~torchkeras_compat.data.stream.StreamAdapter` takes them.

    Raises:
        ValueError: nothing is yielded; the first batch is no such tuple or holds what cannot become tensors; and as for
            every stream.

    Example:
        >>> import torch
        >>> adapter = GeneratorAdapter((torch.ones(2, 3), torch.ones(2)) for _ in range(4))
        >>> len(list(adapter.epoch()))
        4
    """

    def __init__(self, source: Any, y: Any = None, sample_weight: Any = None, **options: Any) -> None:
        self.is_one_shot = hasattr(source, "__next__")
        super().__init__("a generator" if self.is_one_shot else "an iterable of batches", y, sample_weight, **options)
        self._source = source
        first = self._checked_first(iter(source))
        self._batches = itertools.chain([first], source) if self.is_one_shot else None
        if hasattr(source, "__len__"):
            self.num_batches = len(source)

    def epoch(self) -> Iterator[Parts]:
        """Return an iterator over the batches that are left, or over a new pass of an iterable."""
        batches = iter(self._source) if self._batches is None else self._batches
        return self._to_device(self._parts(batch) for batch in batches)

    def _checked_first(self, batches: Iterator[Any]) -> Any:
        try:
            first = next(batches)
        except StopIteration:
            raise ValueError(
                f"The data is empty: x is {self.what} that yielded nothing. It must yield at least one batch; a "
                "generator "
                "that was used before has to be made again."
            ) from None
        self._on_cpu(self._parts(first))
        return first
