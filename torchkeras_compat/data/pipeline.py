"""`Pipeline`: elements made one after the other, with the part of tf.data's interface that Keras notes use."""

from __future__ import annotations

import itertools
import math
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import torch
from torch.utils.data import IterableDataset, get_worker_info

from torchkeras_compat.data import stages
from torchkeras_compat.data.elements import as_numpy, stack

INFINITE, UNKNOWN = -1, -2


class Passes:
    """Counts the passes through data that comes in another order each time."""

    def __init__(self) -> None:
        self.number = 0

    def next(self) -> int:
        """Return the number of a pass that begins, from 0."""
        self.number += 1
        return self.number - 1


class Pipeline(IterableDataset[Any]):
    """Elements that are made when they are asked for: batches, mostly, as ``(x, y)``.

    What ``image_dataset_from_directory`` and its like return. ``fit``, ``evaluate`` and ``predict`` take it as it is;
    it is a ``torch.utils.data.IterableDataset`` whose elements are batches already, so a ``DataLoader`` of it has
    ``batch_size=None``. Every method returns a new pipeline and reads nothing yet.

    Args:
        start: Returns an iterator over the elements of a new pass.
        length: Number of elements; None if nobody knows, ``math.inf`` if they never end.
        class_names: Names of the classes, or None.
        file_paths: Files that the elements come from, or None.
        is_batched: Whether the elements are batches.
        passes: What counts the passes, where the order of the elements depends on their number.

    Example:
        >>> numbers = Pipeline(lambda: iter(range(5)), length=5)
        >>> squares = numbers.map(lambda n: n * n).batch(2)
        >>> len(squares), [batch.tolist() for batch in squares]
        (3, [[0, 1], [4, 9], [16]])

    Source: the names and meanings of the methods are those of ``tf.data.Dataset``.
    """

    def __init__(
        self,
        start: Callable[[], Iterator[Any]],
        length: float | None = None,
        *,
        class_names: list[str] | None = None,
        file_paths: list[str] | None = None,
        is_batched: bool = False,
        passes: Sequence[Passes] = (),
    ) -> None:
        self._start = start
        self._length = length
        self.class_names = class_names
        self.file_paths = file_paths
        self.is_batched = is_batched
        self._passes = tuple(passes)

    def __iter__(self) -> Iterator[Any]:
        worker = get_worker_info()
        if worker is None:
            return self._start()
        return itertools.islice(self._start(), worker.id, None, worker.num_workers)  # else each element came from all

    def __len__(self) -> int:
        if self._length is None or self._length == math.inf:
            raise TypeError(f"The length of this dataset is {'infinite' if self._length else 'unknown'}.")
        return int(self._length)

    def __bool__(self) -> bool:
        return True

    def batches_for_training(self) -> Iterator[Any]:
        """Return an iterator over a new pass with plain tensors, as the training loop takes them."""
        return iter(self)

    def state_dict(self) -> dict[str, Any]:
        """Return how many passes were made: the order of a shuffled one depends on it."""
        return {"passes": [passes.number for passes in self._passes]}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on after as many passes as :meth:`state_dict` of a pipeline made in the same way said.

        Raises:
            ValueError: it was made in another way.
        """
        numbers = state_dict["passes"]
        if len(numbers) != len(self._passes):
            raise ValueError(
                f"The state is that of a dataset that shuffles {len(numbers)} times, and this one does so "
                f"{len(self._passes)} times. Make it in the same way."
            )
        for passes, number in zip(self._passes, numbers, strict=True):
            passes.number = number

    def cardinality(self) -> int:
        """Return the number of elements; -1 if they never end, -2 if nobody knows."""
        return UNKNOWN if self._length is None else INFINITE if self._length == math.inf else int(self._length)

    def map(
        self, map_func: Callable[..., Any], num_parallel_calls: int | None = None, deterministic: bool | None = None
    ) -> Pipeline:
        """Return ``map_func`` of every element; the parts of a tuple are its arguments.

        Args:
            map_func: Called without gradients.
            num_parallel_calls: Threads that call it; -1 for as many as there are cores, None for the caller's own.
            deterministic: Nothing to decide: the order is always kept.

        Raises:
            ValueError: ``num_parallel_calls`` is neither positive nor -1 nor None.
        """
        if num_parallel_calls is not None and num_parallel_calls != stages.AUTOTUNE and num_parallel_calls < 1:
            raise ValueError(f"`num_parallel_calls` must be positive, -1 or None. Received: {num_parallel_calls}")
        workers = stages.worker_count() if num_parallel_calls == stages.AUTOTUNE else num_parallel_calls or 1

        def call(element: Any) -> Any:
            with torch.no_grad():
                return map_func(*element) if type(element) is tuple else map_func(element)

        return self._then(lambda: stages.mapped(call, self._start(), workers))

    def filter(self, predicate: Callable[..., Any]) -> Pipeline:
        """Return the elements for which ``predicate`` is true; the parts of a tuple are its arguments."""

        def keeps(element: Any) -> bool:
            return bool(predicate(*element) if type(element) is tuple else predicate(element))

        return self._then(lambda: filter(keeps, self._start()), length=None)

    def batch(
        self,
        batch_size: int,
        drop_remainder: bool = False,
        num_parallel_calls: int | None = None,
        deterministic: bool | None = None,
    ) -> Pipeline:
        """Return batches of neighbouring elements.

        Args:
            batch_size: Elements a batch.
            drop_remainder: Whether to leave out a smaller last batch.
            num_parallel_calls: Nothing to decide: putting together is done by the caller's thread.
            deterministic: Nothing to decide: the order is always kept.

        Raises:
            ValueError: ``batch_size`` is not a positive int; later, elements of different shapes.
        """
        batch_size = _positive("batch_size", batch_size)
        length = self._length
        if length is not None and length != math.inf:
            length = length // batch_size if drop_remainder else -(-length // batch_size)
        return self._then(
            lambda: stages.batched(self._start(), batch_size, drop_remainder, stack), length, is_batched=True
        )

    def unbatch(self) -> Pipeline:
        """Return the samples of the batches."""
        length = math.inf if self._length == math.inf else None
        return self._then(lambda: stages.unbatched(self._start()), length, is_batched=False)

    def shuffle(
        self, buffer_size: int, seed: int | None = None, reshuffle_each_iteration: bool | None = None
    ) -> Pipeline:
        """Return the elements in random order, each drawn from the next ``buffer_size`` ones.

        Args:
            buffer_size: Elements to draw from; as many as there are shuffles completely.
            seed: Repeats the orders; None for torch's random numbers, which ``torch.manual_seed`` repeats.
            reshuffle_each_iteration: Whether each pass has an order of its own; None for True.

        Raises:
            ValueError: ``buffer_size`` is not a positive int.
        """
        buffer_size = _positive("buffer_size", buffer_size)
        passes = Passes()
        fixed = 0 if reshuffle_each_iteration is False else None
        if seed is None and fixed is not None:
            seed = random_seed()

        def start() -> Iterator[Any]:
            number = passes.next() if fixed is None else fixed
            generator = torch.Generator().manual_seed(pass_seed(random_seed() if seed is None else seed, number))
            return stages.shuffled(self._start(), buffer_size, generator)

        return self._then(start, passes=(passes,))

    def take(self, count: int) -> Pipeline:
        """Return the first ``count`` elements; -1 for all."""
        if count == -1:
            return self
        count = _positive("count", count, least=0)
        length = None if self._length is None else min(self._length, count)
        return self._then(lambda: itertools.islice(self._start(), count), length)

    def skip(self, count: int) -> Pipeline:
        """Return the elements after the first ``count``; -1 for none."""
        count = sys.maxsize if count == -1 else _positive("count", count, least=0)
        length = None if self._length is None else max(0, self._length - count)
        return self._then(lambda: itertools.islice(self._start(), count, None), length)

    def cache(self, filename: str = "") -> Pipeline:
        """Return the same elements, kept in memory from the first whole pass on.

        Args:
            filename: Must be empty: there is no cache on disk.

        Raises:
            ValueError: a ``filename`` is given.
        """
        if filename:
            raise ValueError(
                f"`cache` keeps elements in memory only. Received: filename={filename!r}. Leave it out, or do not "
                "cache: the pipeline reads files again in each pass."
            )
        return self._then(stages.Remembered(self._start))

    def prefetch(self, buffer_size: int) -> Pipeline:
        """Return the same elements, made by a thread up to ``buffer_size`` ahead; -1 for two."""
        count = 2 if buffer_size == stages.AUTOTUNE else _positive("buffer_size", buffer_size, least=0)
        return self._then(lambda: stages.prefetched(self._start(), count)) if count else self

    def repeat(self, count: int | None = None) -> Pipeline:
        """Return the elements ``count`` times over; None or -1 for without end."""
        if count is None or count == -1:
            return self._then(lambda: stages.endless(self._start), None if self._length == 0 else math.inf)
        count = _positive("count", count, least=0)
        length = None if self._length is None else self._length * count if count else 0
        return self._then(lambda: itertools.chain.from_iterable(self._start() for _ in range(count)), length)

    def concatenate(self, dataset: Pipeline) -> Pipeline:
        """Return the elements of this pipeline, then those of another."""
        length = None if self._length is None or dataset._length is None else self._length + dataset._length
        return self._then(
            lambda: itertools.chain.from_iterable(p._start() for p in (self, dataset)), length, passes=dataset._passes
        )

    def as_numpy_iterator(self) -> Iterator[Any]:
        """Return an iterator over the elements with arrays in place of tensors."""
        return map(as_numpy, self)

    def _then(
        self,
        start: Callable[[], Iterator[Any]],
        length: float | str | None = "same",
        is_batched: bool | None = None,
        passes: Sequence[Passes] = (),
    ) -> Pipeline:
        return Pipeline(
            start,
            self._length if isinstance(length, str) else length,
            class_names=self.class_names,
            is_batched=self.is_batched if is_batched is None else is_batched,
            passes=(*self._passes, *passes),
        )


def random_seed() -> int:
    """Return a seed drawn from torch's random numbers."""
    return int(torch.randint(2**31 - 1, (1,), device="cpu"))


def pass_seed(seed: int, number: int) -> int:
    """Return the seed of pass ``number`` of a pipeline with a seed."""
    return int(np.random.SeedSequence([int(seed), number]).generate_state(1)[0])


def _positive(name: str, value: Any, least: int = 1) -> int:
    if isinstance(value, bool) or not hasattr(value, "__index__") or value.__index__() < least:
        raise ValueError(f"`{name}` must be an int, at least {least}. Received: {name}={value!r}")
    return int(value)
