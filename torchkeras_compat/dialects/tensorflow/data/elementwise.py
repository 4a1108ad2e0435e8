"""Methods of a dataset that look at one element after the other: ``map``, ``filter``, ``flat_map``, ..."""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from torchkeras_compat.data import stages
from torchkeras_compat.dialects.tensorflow.data import specs
from torchkeras_compat.dialects.tensorflow.data.chain import Chain, called, returned, whole
from torchkeras_compat.dialects.tensorflow.elements.structures import flatten
from torchkeras_compat.dialects.tensorflow.elements.values import absorbed, as_numpy, presented
from torchkeras_compat.user_warnings import warn_user

if TYPE_CHECKING:
    from torchkeras_compat.dialects.tensorflow.data.dataset import Dataset

_TRIED = 4  # elements by which AUTOTUNE decides
_WORTH_A_THREAD = 5e-4  # seconds; what is quicker loses more to handing over than it gains
_CYCLE = 10  # of `interleave` where nothing is said: the same order on every computer


class Elementwise(Chain):
    """Methods that look at one element after the other."""

    def map(
        self,
        map_func: Callable[..., Any],
        num_parallel_calls: int | None = None,
        deterministic: bool | None = None,
        name: str | None = None,
    ) -> Dataset:
        """Return ``map_func`` of every element; the parts of a tuple are its arguments, a dictionary is one.

        Args:
            map_func: Called without gradients, each time an element is asked for.
            num_parallel_calls: Threads that call it; ``tf.data.AUTOTUNE`` for as many as there are cores, if a call
                takes long enough for threads to pay; None for the caller's own.
            deterministic: Nothing to decide: the order is always kept.
            name: Nothing is named.

        Raises:
            TypeError: ``map_func`` is not callable.
            ValueError: ``num_parallel_calls`` is neither positive nor -1 nor None.
        """
        workers = _workers(num_parallel_calls)
        call = called(map_func)

        def function(element: Any) -> Any:
            return returned(call(element))

        def spec() -> Any:
            for element in self.elements():
                return specs.mapped(self.element_spec, element, function(element))
            raise ValueError("The dataset is empty, and only an element could show what `map_func` returns.")

        return self._then(
            lambda: _mapped(function, self._start, workers),
            is_batched=True,  # whoever maps may make batches; single samples are noticed by the model
            spec=spec,
            mapping=(self._start, function, workers),
        )

    def filter(self, predicate: Callable[..., Any], name: str | None = None) -> Dataset:
        """Return the elements for which ``predicate`` is true; the parts of a tuple are its arguments.

        Raises:
            TypeError: ``predicate`` is not callable.
        """
        keeps = called(predicate)
        length = 0 if self._length == 0 else None
        return self._then(lambda: filter(lambda element: bool(keeps(element)), self._start()), length)

    def take_while(self, predicate: Callable[..., Any], name: str | None = None) -> Dataset:
        """Return the elements before the first for which ``predicate`` is false.

        Raises:
            TypeError: ``predicate`` is not callable.
        """
        goes_on = called(predicate)
        return self._then(lambda: itertools.takewhile(lambda element: bool(goes_on(element)), self._start()), None)

    def flat_map(self, map_func: Callable[..., Any], name: str | None = None) -> Dataset:
        """Return the elements of the datasets that ``map_func`` makes of the elements, one dataset after the other.

        Raises:
            TypeError: ``map_func`` is not callable, or, later, returns something else than a dataset.
        """
        make = called(map_func)

        def start() -> Iterator[Any]:
            for element in self._start():
                yield from _inner(make(element), "flat_map").elements()

        return self._then(start, None, is_batched=True, spec=None)

    def interleave(
        self,
        map_func: Callable[..., Any],
        cycle_length: int | None = None,
        block_length: int | None = None,
        num_parallel_calls: int | None = None,
        deterministic: bool | None = None,
        name: str | None = None,
    ) -> Dataset:
        """Return the elements of the datasets that ``map_func`` makes, some from each of several in turn.

        Args:
            map_func: Makes a dataset of an element.
            cycle_length: Datasets that are open at a time; None or ``tf.data.AUTOTUNE`` for ten, so that the order is
                the same on every computer.
            block_length: Neighbouring elements taken from one; None for 1.
            num_parallel_calls: Not None to let a thread for each open dataset make elements ahead.
            deterministic: Nothing to decide: the order is always kept.
            name: Nothing is named.

        Raises:
            TypeError: ``map_func`` is not callable, or, later, returns something else than a dataset.
            ValueError: a number is not positive.
        """
        cycle = _CYCLE if cycle_length in (None, stages.AUTOTUNE) else whole("cycle_length", cycle_length)
        block = 1 if block_length is None else whole("block_length", block_length)
        is_threaded = _workers(num_parallel_calls) > 1
        make = called(map_func)

        def begin(element: Any) -> Iterator[Any]:
            inner = _inner(make(element), "interleave").elements()
            return stages.prefetched(inner, 2 * block) if is_threaded else inner

        return self._then(lambda: interleaved(self._start(), begin, cycle, block), None, is_batched=True, spec=None)

    def enumerate(self, start: int = 0, name: str | None = None) -> Dataset:
        """Return pairs of a number, an int64 tensor that counts from ``start``, and an element."""
        first = whole("start", start, least=-(2**63))

        def pairs() -> Iterator[Any]:
            for number, element in enumerate(self._start(), first):
                yield torch.tensor(number, dtype=torch.int64, device="cpu"), element

        return self._then(pairs, spec=lambda: (specs.spec_of(torch.tensor(first)), self.element_spec), is_batched=False)

    def scan(self, initial_state: Any, scan_func: Callable[..., Any], name: str | None = None) -> Dataset:
        """Return what ``scan_func(state, element)`` makes of the elements beside the state for the next one.

        Args:
            initial_state: The first state: a tensor, or tuples and dictionaries of tensors.
            scan_func: Returns ``(new_state, output)``.
            name: Nothing is named.

        Raises:
            TypeError: ``scan_func`` is not callable, or, later, returns no pair.
        """
        call = called(scan_func)

        def start() -> Iterator[Any]:
            state = absorbed(initial_state)
            for element in self._start():
                result = returned(call((state, element)))
                if not isinstance(result, tuple) or len(result) != 2:
                    raise TypeError(f"`scan_func` must return (new_state, output). It returned {type(result).__name__}")
                state, output = result
                yield output

        return self._then(start, spec=None)

    def reduce(self, initial_state: Any, reduce_func: Callable[..., Any], name: str | None = None) -> Any:
        """Return the last state of ``state = reduce_func(state, element)``.

        Args:
            initial_state: The state before the first element: a tensor, or tuples and dictionaries of tensors.
            reduce_func: Returns the next state.
            name: Nothing is named.

        Raises:
            TypeError: ``reduce_func`` is not callable.
            ValueError: the dataset never ends.
        """
        if self._length == math.inf:
            raise ValueError("`reduce` needs a dataset that ends, and this one never does. Call `take` on it first.")
        call = called(reduce_func)
        state = absorbed(initial_state)
        for element in self._start():
            state = returned(call((state, element)))
        return presented(state)

    def unique(self, name: str | None = None) -> Dataset:
        """Return each element when it comes for the first time. Those that came are kept in memory."""

        def start() -> Iterator[Any]:
            seen = set()
            for element in self._start():
                key = tuple(_key(leaf) for leaf in flatten(as_numpy(element)))
                if key not in seen:
                    seen.add(key)
                    yield element

        return self._then(start, None)

    def ignore_errors(self, log_warning: bool = False, name: str | None = None) -> Dataset:
        """Return the elements for which the function of the ``map`` before raised no error.

        Args:
            log_warning: Whether to warn of each error.
            name: Nothing is named.

        Raises:
            ValueError: the dataset was not made by ``map``: after an error elsewhere there is no next element.
        """
        if self._mapping is None:
            raise ValueError(
                "`ignore_errors` drops elements for which the function of `map` raised an error, and this dataset was "
                "not made by `map`. Call it right behind that `map`: `ds.map(parse).ignore_errors().batch(32)`."
            )
        source, function, workers = self._mapping
        dropped = object()

        def attempt(element: Any) -> Any:
            try:
                return function(element)
            except Exception as error:  # whatever the user's function raises is what is to be ignored
                if log_warning:
                    warn_user(f"Error raised with error message {error}")
                return dropped

        def start() -> Iterator[Any]:
            return (element for element in _mapped(attempt, source, workers) if element is not dropped)

        return self._then(start, None)

    def apply(self, transformation_func: Callable[[Any], Any]) -> Dataset:
        """Return what a function makes of the dataset.

        Raises:
            TypeError: it is not a dataset.
        """
        result = transformation_func(self)
        if not isinstance(result, Chain):
            raise TypeError(f"`transformation_func` must return a tf.data.Dataset object. Got {type(result).__name__}.")
        return result  # type: ignore[return-value]


def _mapped(function: Callable[[Any], Any], source: Callable[[], Iterator[Any]], workers: int) -> Iterator[Any]:
    """Map in threads where they were asked for and the first elements took long."""
    elements = source()
    if workers > 1:
        taken = 0.0
        for element in itertools.islice(elements, _TRIED):
            begin = time.perf_counter()
            result = function(element)
            taken += time.perf_counter() - begin
            yield result
        if taken < _TRIED * _WORTH_A_THREAD:
            workers = 1
    yield from stages.mapped(function, elements, workers)


def interleaved(
    elements: Iterator[Any], begin: Callable[[Any], Iterator[Any]], cycle: int, block: int
) -> Iterator[Any]:
    """Take blocks from each of the open iterators in turn; where one ended the next one begins."""
    slots: list[Iterator[Any] | None] = [None] * cycle
    is_over, number_open, place = False, 0, 0
    while not is_over or number_open:
        current = slots[place]
        if current is None and not is_over:
            for element in elements:
                slots[place] = begin(element)
                number_open += 1
                break
            else:
                is_over = True
            continue
        if current is not None:
            taken = 0
            for element in itertools.islice(current, block):
                taken += 1
                yield element
            if taken < block:
                slots[place] = None
                number_open -= 1
        place = (place + 1) % cycle


def _inner(result: Any, method: str) -> Chain:
    if not isinstance(result, Chain):
        raise TypeError(
            f"`map_func` of `{method}` must return a `Dataset` object. Received: {type(result).__name__}. Use `map` "
            "for a function that returns values."
        )
    return result


def _workers(num_parallel_calls: Any) -> int:
    if num_parallel_calls is None:
        return 1
    if int(num_parallel_calls) == stages.AUTOTUNE:
        return stages.worker_count()
    if num_parallel_calls < 1:
        raise ValueError(f"`num_parallel_calls` must be positive, -1 or None. Received: {num_parallel_calls}")
    return int(num_parallel_calls)


def _key(leaf: Any) -> Any:
    if isinstance(leaf, bytes) or leaf is None:
        return leaf
    array = np.asarray(leaf)
    return array.shape, repr(array.tolist()) if array.dtype.kind == "O" else array.tobytes()
