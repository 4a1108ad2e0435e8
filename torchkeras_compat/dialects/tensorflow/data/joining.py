"""Several datasets as one: ``zip``, ``concatenate``, ``sample_from_datasets``, ``choose_from_datasets``."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from torchkeras_compat.data.pipeline import Passes, random_seed
from torchkeras_compat.dialects.tensorflow.data.chain import Chain
from torchkeras_compat.dialects.tensorflow.data.rows import Rows
from torchkeras_compat.dialects.tensorflow.data.shuffling import random_numbers
from torchkeras_compat.dialects.tensorflow.elements.structures import flatten, is_plain_tuple, map_structure, pack

if TYPE_CHECKING:
    from torchkeras_compat.dialects.tensorflow.data.dataset import Dataset


class Joining(Chain):
    """Several datasets as one."""

    @classmethod
    def zip(cls, *args: Any, datasets: Any = None, name: str | None = None) -> Dataset:
        """Return tuples of one element of each dataset, as many as the shortest has.

        Args:
            *args: Datasets, or one tuple or dictionary of datasets.
            datasets: The same, as older code gives it.
            name: Nothing is named.

        Raises:
            TypeError: no dataset, or something else.
        """
        if not args and datasets is None:
            raise TypeError("Must pass at least one dataset to `zip`.")
        if args and datasets is not None:
            raise TypeError("Both `*args` and `datasets` cannot be set.")
        structure = datasets if datasets is not None else args[0] if len(args) == 1 else args
        parts = flatten(structure)
        if isinstance(structure, list) or not all(isinstance(part, Chain) for part in parts):
            raise TypeError(
                "The argument to `Dataset.zip()` must be datasets, or a tuple or dictionary of them; lists are not "
                f"supported. Received: {type(structure).__name__} with {[type(part).__name__ for part in parts]}"
            )
        lengths = [part._length for part in parts]
        known = [length for length in lengths if length is not None]
        length = None if len(known) < len(lengths) else min(known)
        passes = [one for part in parts for one in part._passes]

        def spec() -> Any:
            return map_structure(lambda part: part.element_spec, structure)

        rows = _rows_beside(structure, parts)
        if rows is not None:
            made: Dataset = cls.kind(rows.elements, length, spec=spec, rows=rows, is_quick=True)
            return made
        made = cls.kind(
            lambda: _zipped(structure, parts),
            length,
            spec=spec,
            passes=passes,
            is_batched=all(part.is_batched for part in parts),
        )
        return made

    def concatenate(self, dataset: Any, name: str | None = None) -> Dataset:
        """Return the elements of this dataset, then those of another.

        Raises:
            TypeError: it is not a dataset, or its elements are of another structure or of other dtypes.
        """
        if not isinstance(dataset, Chain):
            raise TypeError(f"`dataset` must be a dataset. Received: {type(dataset).__name__}")
        length = None if self._length is None or dataset._length is None else self._length + dataset._length
        first, second = self, dataset

        def spec() -> Any:
            return map_structure(_common, first.element_spec, second.element_spec)

        return self._then(
            lambda: itertools.chain.from_iterable(part.elements() for part in (first, second)),
            length,
            passes=dataset._passes,
            is_batched=self.is_batched and dataset.is_batched,
            spec=spec,
            is_quick=self._is_quick and dataset._is_quick,
        )

    @classmethod
    def sample_from_datasets(
        cls,
        datasets: Any,
        weights: Any = None,
        seed: int | None = None,
        stop_on_empty_dataset: bool = False,
        rerandomize_each_iteration: bool | None = None,
    ) -> Dataset:
        """Return elements drawn at random from several datasets.

        Args:
            datasets: A list of datasets.
            weights: How often each is drawn from, one number for each, or a dataset of such numbers; None for equally.
            seed: Repeats the choice; None for torch's random numbers.
            stop_on_empty_dataset: Whether the end of one ends all; else the others go on.
            rerandomize_each_iteration: Whether each pass draws again; False to repeat the first one. None for False
                with a seed.

        Raises:
            ValueError: no datasets, or another number of weights.
        """
        parts = _datasets(datasets)
        passes = Passes()
        is_fixed = rerandomize_each_iteration is not None and not rerandomize_each_iteration
        if seed is None and is_fixed:
            seed = random_seed()
        if not isinstance(weights, Chain) and weights is not None:
            weights = [float(weight) for weight in weights]
            if len(weights) != len(parts):
                raise ValueError(
                    f"`weights` must have one number for each of the {len(parts)} datasets. Received {len(weights)}."
                )
            if min(weights) < 0 or sum(weights) <= 0:
                raise ValueError(f"`weights` must not be negative, and not all be zero. Received: {weights}")

        def choices() -> Iterator[tuple[list[float], float]]:
            number = passes.next()
            numbers = random_numbers(random_seed() if seed is None else seed, 0 if is_fixed else number)
            given = iter(weights.as_numpy_iterator()) if isinstance(weights, Chain) else itertools.repeat(weights)
            for current in given:
                yield [1.0] * len(parts) if current is None else [float(w) for w in current], numbers.random()

        def start() -> Iterator[Any]:
            return _drawn(parts, choices(), stop_on_empty_dataset)

        return cls._mixed(parts, start, passes, is_choice=False)

    @classmethod
    def choose_from_datasets(cls, datasets: Any, choice_dataset: Any, stop_on_empty_dataset: bool = True) -> Dataset:
        """Return elements of several datasets, in the order in which another one names them by number.

        Args:
            datasets: A list of datasets.
            choice_dataset: Numbers in [0, len(datasets)).
            stop_on_empty_dataset: Whether the end of one ends all; else its numbers are passed over.

        Raises:
            TypeError: ``choice_dataset`` is not a dataset.
            ValueError: no datasets; later, a number outside.
        """
        parts = _datasets(datasets)
        if not isinstance(choice_dataset, Chain):
            raise TypeError(f"`choice_dataset` must be a dataset. Received: {type(choice_dataset).__name__}")

        def start() -> Iterator[Any]:
            iterators: list[Iterator[Any] | None] = [part.elements() for part in parts]
            missing = object()
            for choice in choice_dataset.elements():
                place = int(choice)
                if not 0 <= place < len(parts):
                    raise ValueError(f"`choice_dataset` must yield numbers in [0, {len(parts)}). It yielded {place}.")
                current = iterators[place]
                element = missing if current is None else next(current, missing)
                if element is not missing:
                    yield element
                elif stop_on_empty_dataset:
                    return
                else:
                    iterators[place] = None

        return cls._mixed(parts, start, None, is_choice=True)

    @classmethod
    def _mixed(cls, parts: list[Any], start: Any, passes: Passes | None, is_choice: bool) -> Dataset:
        lengths = [part._length for part in parts]
        length: float | None = None
        if all(one == math.inf for one in lengths) and not is_choice:
            length = math.inf
        made: Dataset = cls.kind(
            start,
            length,
            spec=lambda: parts[0].element_spec,
            is_batched=all(part.is_batched for part in parts),
            passes=[*(one for part in parts for one in part._passes), *([] if passes is None else [passes])],
        )
        return made


def _rows_beside(structure: Any, parts: list[Any]) -> Rows | None:
    """The rows of arrays that stand beside each other, if all of them are that, in their order and equally long."""
    rows = [part._rows for part in parts]
    if any(one is None or not one.is_in_order for one in rows) or len({one.count for one in rows}) > 1:
        return None
    return Rows.of(pack(structure, iter([one.columns for one in rows])))


def _zipped(structure: Any, parts: list[Any]) -> Iterator[Any]:
    iterators = [part.elements() for part in parts]
    if is_plain_tuple(structure):
        yield from zip(*iterators, strict=False)
        return
    for elements in zip(*iterators, strict=False):
        yield pack(structure, iter(elements))


def _drawn(parts: list[Any], choices: Iterator[tuple[list[float], float]], stops: bool) -> Iterator[Any]:
    iterators = [part.elements() for part in parts]
    is_open = [True] * len(parts)
    missing = object()
    for weights, number in choices:
        while True:
            current = [weight if here else 0.0 for weight, here in zip(weights, is_open, strict=True)]
            if not sum(current):
                return
            place = _place(current, number)
            element = next(iterators[place], missing)
            if element is not missing:
                yield element
                break
            if stops:
                return
            is_open[place] = False


def _place(weights: list[float], number: float) -> int:
    threshold, passed = number * sum(weights), 0.0
    for place, weight in enumerate(weights):
        passed += weight
        if weight and threshold < passed:
            return place
    return max(place for place, weight in enumerate(weights) if weight)


def _datasets(datasets: Any) -> list[Any]:
    parts = list(datasets) if isinstance(datasets, (list, tuple)) else []
    if not parts or not all(isinstance(part, Chain) for part in parts):
        raise ValueError(f"`datasets` must be a non-empty list of datasets. Received: {datasets!r:.200}")
    return parts


def _common(first: Any, second: Any) -> Any:
    if getattr(first, "dtype", None) != getattr(second, "dtype", None):
        raise TypeError(f"Incompatible dataset elements: {first} and {second}.")
    most = getattr(first, "most_specific_compatible_type", None)
    return first if most is None or first == second else most(second)
