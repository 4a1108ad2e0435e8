"""Methods of a dataset that choose elements by their place: ``shuffle``, ``repeat``, ``take``, ``shard``, ..."""

from __future__ import annotations

import itertools
import math
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import torch

from torchkeras_compat.data import stages
from torchkeras_compat.data.pipeline import Passes, random_seed
from torchkeras_compat.dialects.tensorflow.data.chain import Chain, called, whole
from torchkeras_compat.dialects.tensorflow.data.rows import Places
from torchkeras_compat.dialects.tensorflow.data.shuffling import random_numbers, shuffled

if TYPE_CHECKING:
    from torchkeras_compat.dialects.tensorflow.data.dataset import Dataset


class Ordering(Chain):
    """Methods that choose elements by their place."""

    def shuffle(
        self,
        buffer_size: int,
        seed: int | None = None,
        reshuffle_each_iteration: bool | None = None,
        name: str | None = None,
    ) -> Dataset:
        """Return the elements in random order, each drawn from the next ``buffer_size`` ones.

        Args:
            buffer_size: Elements to draw from; as many as there are shuffle completely.
            seed: Repeats the orders of all passes; None for torch's random numbers, which ``tf.random.set_seed``
                repeats. The order for a seed is this package's, and not that of TensorFlow.
            reshuffle_each_iteration: Whether each pass has an order of its own; None for True.
            name: Nothing is named.

        Raises:
            ValueError: ``buffer_size`` is not a positive int.
        """
        buffer_size = whole("buffer_size", buffer_size)
        passes = Passes()
        is_fixed = reshuffle_each_iteration is not None and not reshuffle_each_iteration
        if seed is None and is_fixed:
            seed = random_seed()

        def next_seed() -> tuple[int, int]:
            number = 0 if is_fixed else passes.next()
            return (random_seed() if seed is None else int(seed)), number

        if self._rows is not None:
            return self._of_rows(self._rows.shuffled(buffer_size, next_seed), passes=(passes,))
        return self._then(lambda: shuffled(self._start(), buffer_size, random_numbers(*next_seed())), passes=(passes,))

    def repeat(self, count: int | None = None, name: str | None = None) -> Dataset:
        """Return the elements ``count`` times over; None or -1 for without end."""
        if count is None or int(count) == -1:
            length = None if self._length is None else math.inf if self._length else 0
            if self._rows is not None:
                return self._of_rows(self._rows.then(lambda: stages.endless(self._pieces), None), length)
            return self._then(lambda: stages.endless(self._start), length, is_quick=self._is_quick)
        count = whole("count", count, least=0)
        length = None if self._length is None else self._length * count if count else 0
        if self._rows is not None and length != math.inf:
            rows = self._rows.then(lambda: _several(self._pieces, count), None if length is None else int(length))
            return self._of_rows(rows, length)
        return self._then(lambda: _several(self._start, count), length, is_quick=self._is_quick)

    def take(self, count: int, name: str | None = None) -> Dataset:
        """Return the first ``count`` elements; -1 for all."""
        count = whole("count", count, least=-1)
        if count == -1:
            return self._same()
        length = None if self._length is None else min(self._length, count)
        if self._rows is not None:
            return self._of_rows(self._rows.part(0, count), length)
        return self._then(lambda: itertools.islice(self._start(), count), length, is_quick=self._is_quick)

    def skip(self, count: int, name: str | None = None) -> Dataset:
        """Return the elements after the first ``count``; -1 for none."""
        count = whole("count", count, least=-1)
        if count == -1:
            return self._then(lambda: iter(()), 0)
        length = None if self._length is None else max(0, self._length - count)
        if self._rows is not None:
            return self._of_rows(self._rows.part(count, None), length)
        return self._then(lambda: itertools.islice(self._start(), count, None), length)

    def shard(self, num_shards: int, index: int, name: str | None = None) -> Dataset:
        """Return every ``num_shards``-th element, the first of them at ``index``.

        Raises:
            ValueError: ``index`` is not in [0, ``num_shards``).
        """
        num_shards, index = whole("num_shards", num_shards), whole("index", index, least=0)
        if index >= num_shards:
            raise ValueError(f"`index` must be in [0, num_shards). Received: index={index}, num_shards={num_shards}")
        length = self._length
        if length is not None and length != math.inf:
            length = len(range(index, int(length), num_shards))
        if self._rows is not None:
            return self._of_rows(self._rows.part(index, None, num_shards), length)
        return self._then(lambda: itertools.islice(self._start(), index, None, num_shards), length)

    def prefetch(self, buffer_size: int, name: str | None = None) -> Dataset:
        """Return the same elements, made by a thread up to ``buffer_size`` ahead; ``tf.data.AUTOTUNE`` for two.

        Rows of arrays in memory, and batches of them, are gathered faster than a thread hands them over, so they are
        left as they are.
        """
        count = whole("buffer_size", buffer_size, least=-1)
        count = 2 if count == stages.AUTOTUNE else count
        if self._is_quick or not count:
            return self._same()
        return self._then(lambda: stages.prefetched(self._start(), count))

    def rejection_resample(
        self,
        class_func: Callable[..., Any],
        target_dist: Any,
        initial_dist: Any = None,
        seed: int | None = None,
        name: str | None = None,
    ) -> Dataset:
        """Return pairs ``(class, element)``, with elements left out so that the classes have other frequencies.

        Args:
            class_func: Returns the class label of an element, an int in [0, classes).
            target_dist: Frequencies that the classes shall have, of shape (classes,).
            initial_dist: Frequencies that they have; None to count them on the way.
            seed: Repeats the choice; None for torch's random numbers.
            name: Nothing is named.

        Raises:
            ValueError: distributions of other shapes, or with negative values.
        """
        target, initial = _distribution("target_dist", target_dist), None
        if initial_dist is not None:
            initial = _distribution("initial_dist", initial_dist)
            if len(initial) != len(target):
                raise ValueError(f"`initial_dist` has {len(initial)} classes, and `target_dist` has {len(target)}.")
        label_of = called(class_func)
        passes = Passes()

        def start() -> Iterator[Any]:
            numbers = random_numbers(random_seed() if seed is None else seed, passes.next())
            counts = [1.0] * len(target)
            for element in self._start():
                label = int(label_of(element))
                counts[label] += 1
                ratios = [t / max(i, 1e-12) for t, i in zip(target, initial or _normal(counts), strict=True)]
                if numbers.random() * max(ratios) < ratios[label]:
                    yield torch.tensor(label, dtype=torch.int32, device="cpu"), element

        return self._then(start, None, spec=None, passes=(passes,))

    def _same(self) -> Dataset:
        return self._then(self._start, rows=self._rows, is_quick=self._is_quick, mapping=self._mapping)

    def _pieces(self) -> Iterator[Places]:
        assert self._rows is not None
        return self._rows.places()


def _several(start: Callable[[], Iterator[Any]], count: int) -> Iterator[Any]:
    return itertools.chain.from_iterable(start() for _ in range(min(count, sys.maxsize)))


def _distribution(name: str, values: Any) -> list[float]:
    found = [float(value) for value in values]
    if not found or min(found) < 0 or not sum(found):
        raise ValueError(f"`{name}` must hold frequencies of classes, not negative. Received: {found}")
    return _normal(found)


def _normal(values: list[float]) -> list[float]:
    total = sum(values)
    return [value / total for value in values]
