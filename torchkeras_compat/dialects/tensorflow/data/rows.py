"""`Rows`: elements that are rows of arrays in memory, so that batches are gathered and not put together.

10,000 rows in batches of 32 take some 2 ms a pass, and 60 ms row by row.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from torchkeras_compat.dialects.tensorflow.data.shuffling import random_numbers, shuffled
from torchkeras_compat.dialects.tensorflow.elements.structures import flatten, is_plain_tuple, pack

Places = range | np.ndarray  # neighbouring rows, or any
_WINDOW_BYTES = 2**21  # as the arrays of `fit`: what was gathered is still in the cache when it is used
_LEAST_ROWS = 64
_UNSIGNED = {torch.uint16: torch.int16, torch.uint32: torch.int32, torch.uint64: torch.int64}


class Progression:
    """A column of whole numbers ``start, start + step, ...`` that is nowhere in memory.

    Args:
        start: The first.
        step: What comes between two of them.
        count: How many there are.
        dtype: Of the tensors.
    """

    def __init__(self, start: int, step: int, count: int, dtype: torch.dtype) -> None:
        self.start = start
        self.step = step
        self.count = count
        self.dtype = dtype

    def __len__(self) -> int:
        return self.count

    def at(self, places: Places) -> torch.Tensor:
        """Return the numbers at these places."""
        return torch.from_numpy(_as_array(places) * self.step + self.start).to(self.dtype)


class Rows:
    """Rows of columns of equal length, in an order that each pass decides.

    Args:
        columns: Tensors, or arrays of strings, in the structure of an element.
        places: Returns, for a new pass, the places of its rows in pieces.
        count: Number of rows of a pass; None if they never end.
        is_in_order: Whether they are all rows, in the order of the columns.
    """

    def __init__(
        self, columns: Any, places: Callable[[], Iterator[Places]], count: int | None, is_in_order: bool = False
    ) -> None:
        self.columns = columns
        self.is_in_order = is_in_order
        self.places = places
        self.count = count
        leaves = flatten(columns)
        row_bytes = sum(_row_bytes(leaf) for leaf in leaves)
        self.window = max(_LEAST_ROWS, _WINDOW_BYTES // max(1, row_bytes))

    @classmethod
    def of(cls, columns: Any) -> Rows:
        """Return the rows of columns in their order."""
        count = len(flatten(columns)[0])
        return cls(columns, lambda: iter([range(count)]), count, is_in_order=True)

    def then(self, places: Callable[[], Iterator[Places]], count: int | None) -> Rows:
        """Return rows of the same columns at other places."""
        return Rows(self.columns, places, count)

    def elements(self) -> Iterator[Any]:
        """Yield the rows one by one."""
        for piece in self._pieces(min(self.window, 1024)):
            leaves = [gathered(leaf, piece) for leaf in flatten(self.columns)]
            if not isinstance(self.columns, (tuple, dict)):
                yield from split_rows(leaves[0])
            elif is_plain_tuple(self.columns):
                yield from zip(*map(split_rows, leaves), strict=True)
            else:
                for row in zip(*map(split_rows, leaves), strict=True):
                    yield pack(self.columns, iter(row))

    def batches(self, batch_size: int, drop_remainder: bool) -> Iterator[Any]:
        """Yield batches of neighbours: parts of what is gathered for several of them at a time."""
        leaves = flatten(self.columns)
        is_pair = is_plain_tuple(self.columns)
        for piece in self._pieces(max(1, self.window // batch_size) * batch_size):
            windows = [gathered(leaf, piece) for leaf in leaves]
            for start in range(0, len(piece), batch_size):
                stop = start + batch_size
                if stop > len(piece) and drop_remainder:
                    return
                parts = [window[start:stop] for window in windows]
                yield tuple(parts) if is_pair else pack(self.columns, iter(parts))

    def shuffled(self, buffer_size: int, next_seed: Callable[[], tuple[int, int]]) -> Rows:
        """Return the rows in the order of :func:`~torchkeras_compat.dialects.tensorflow.data.shuffling.shuffled`."""

        def places() -> Iterator[Places]:
            numbers = random_numbers(*next_seed())
            if self.count is not None and self.count <= buffer_size:
                order = all_places(self.places())
                yield order[numbers.permutation(len(order))]
                return
            flat = itertools.chain.from_iterable(map(_as_ints, self.places()))
            stream = shuffled(flat, buffer_size, numbers)
            while piece := list(itertools.islice(stream, 4096)):
                yield np.asarray(piece, dtype=np.int64)

        return self.then(places, self.count)

    def part(self, start: int, stop: int | None, step: int = 1) -> Rows:
        """Return every ``step``-th row from ``start`` to before ``stop``."""
        count = None
        if self.count is not None or stop is not None:
            last = min(x for x in (self.count, stop) if x is not None)
            count = len(range(start, last, step))

        def places() -> Iterator[Places]:
            passed = 0
            for piece in self.places():
                first = start - passed if passed < start else -(passed - start) % step
                last = len(piece) if stop is None else max(0, stop - passed)
                if first < min(last, len(piece)):
                    yield piece[first:last:step]
                passed += len(piece)
                if stop is not None and passed >= stop:
                    return

        return self.then(places, count)

    def _pieces(self, size: int) -> Iterator[Places]:
        """Yield the places of ``size`` rows at a time, the last time of fewer."""
        waiting: list[Places] = []
        length = 0
        for piece in self.places():
            start = 0
            while length + len(piece) - start >= size:
                stop = start + size - length
                waiting.append(piece[start:stop])
                yield joined(waiting)
                waiting, length, start = [], 0, stop
            if start < len(piece):
                waiting.append(piece[start:])
                length += len(piece) - start
        if waiting:
            yield joined(waiting)


def all_places(pieces: Iterator[Places]) -> np.ndarray:
    """Return the places of all pieces as one array."""
    return np.concatenate([np.empty(0, np.int64), *map(_as_array, pieces)])


def joined(pieces: list[Places]) -> Places:
    """Return pieces as one; neighbouring rows stay a range."""
    first = pieces[0]
    if len(pieces) == 1:
        return first
    ranges = [piece for piece in pieces if isinstance(piece, range) and piece.step == 1]
    if len(ranges) == len(pieces) and all(a.stop == b.start for a, b in itertools.pairwise(ranges)):
        return range(ranges[0].start, ranges[-1].stop)
    return np.concatenate([_as_array(piece) for piece in pieces])


def gathered(column: Any, places: Places) -> Any:
    """Return the rows of a column at these places; of neighbours a view."""
    if isinstance(column, Progression):
        return column.at(places)
    if isinstance(places, range):
        if places.step == 1:
            return column[places.start : places.stop]
        places = _as_array(places)
    if isinstance(column, torch.Tensor):
        index = torch.from_numpy(np.ascontiguousarray(places))
        if column.dtype in _UNSIGNED:  # which torch cannot gather
            return column.view(_UNSIGNED[column.dtype]).index_select(0, index).view(column.dtype)
        return column.index_select(0, index)
    return column[places]


def split_rows(column: Any) -> Iterator[Any]:
    """Return an iterator over the rows of a column; a string is an array without axes."""
    if isinstance(column, torch.Tensor):
        return iter(column.unbind(0))
    return iter([np.asarray(column[place : place + 1]).reshape(column.shape[1:]) for place in range(len(column))])


def _as_array(places: Places) -> np.ndarray:
    if isinstance(places, range):  # which NumPy would read one by one
        return np.arange(places.start, places.stop, places.step, dtype=np.int64)
    return places


def _as_ints(piece: Places) -> Any:
    return piece if isinstance(piece, range) else piece.tolist()


def _row_bytes(leaf: Any) -> int:
    if isinstance(leaf, Progression):
        return 8
    if isinstance(leaf, torch.Tensor):
        return leaf.element_size() * (leaf.numel() // max(1, len(leaf)))
    return 64 * (int(leaf.size) // max(1, len(leaf)))
