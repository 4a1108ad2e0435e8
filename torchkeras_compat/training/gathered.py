"""The outputs of `predict`, written batch by batch into the arrays that it returns."""

from __future__ import annotations

from typing import Any

import numpy as np

from torchkeras_compat import tree
from torchkeras_compat.data.adapter import Adapter


class Gathered:
    """Arrays of outputs, one batch after the other.

    Where the number of samples is known, they go into one array, so that memory holds the result and a batch. Else, and
    where a batch has outputs of another form than the first, they are kept and put together at the end.

    Args:
        samples: Number of samples to come; None if nobody knows.
        are_reused: Whether the memory of the arrays is written again later.

    Example:
        >>> gathered = Gathered(3)
        >>> gathered.add([np.zeros((2, 1))])
        >>> gathered.add([np.ones((1, 1))])
        >>> gathered.arrays()[0].tolist()
        [[0.0], [0.0], [1.0]]
    """

    def __init__(self, samples: int | None, are_reused: bool = False) -> None:
        self.samples = samples
        self.are_reused = are_reused
        self._columns: list[_Column] = []
        self.is_empty = True

    def add(self, arrays: list[np.ndarray]) -> None:
        """Add the outputs of a batch.

        Args:
            arrays: Each of shape ``(batch, ...)``.
        """
        if self.is_empty:
            self._columns = [_Column(self.samples, self.are_reused) for _ in arrays]
            self.is_empty = False
        for column, array in zip(self._columns, arrays, strict=True):
            column.add(array)

    def arrays(self) -> list[np.ndarray]:
        """Return the outputs of all batches; to be called once.

        Raises:
            ValueError: the outputs of the batches do not fit together.
        """
        return [column.array() for column in self._columns]


class _Column:
    """One output."""

    def __init__(self, samples: int | None, are_reused: bool) -> None:
        self._samples = samples
        self._are_reused = are_reused
        self._whole: np.ndarray | None = None
        self._filled = 0
        self._parts: list[np.ndarray] = []

    def add(self, array: np.ndarray) -> None:
        if self._samples is not None and self._whole is None and not self._parts:
            if 0 < array.ndim and 0 < len(array) < self._samples:
                self._whole = np.empty((self._samples, *array.shape[1:]), array.dtype)
        whole, stop = self._whole, self._filled + (len(array) if array.ndim else 0)
        fits = whole is not None and array.shape[1:] == whole.shape[1:] and array.dtype == whole.dtype and array.ndim
        if whole is not None and fits and not self._parts and stop <= len(whole):
            whole[self._filled : stop] = array
            self._filled = stop
        else:
            self._parts.append(array.copy() if self._are_reused else array)

    def array(self) -> np.ndarray:
        whole, parts = self._whole, self._parts
        self._whole, self._parts = None, []
        if whole is not None:
            if self._filled < len(whole):  # gives the rest back, where a view would keep it
                whole.resize((self._filled, *whole.shape[1:]), refcheck=False)
            if not parts:
                return whole
            parts.insert(0, whole)
            del whole
        return parts[0] if len(parts) == 1 else _joined(parts)


def _joined(parts: list[np.ndarray]) -> np.ndarray:
    """Return arrays one after the other, each let go of as soon as it is copied."""
    if any(part.ndim == 0 or part.shape[1:] != parts[0].shape[1:] or part.dtype != parts[0].dtype for part in parts):
        return np.concatenate(parts)
    whole = np.empty((sum(map(len, parts)), *parts[0].shape[1:]), parts[0].dtype)
    start = 0
    parts.reverse()
    while parts:
        part = parts.pop()
        whole[start : start + len(part)] = part
        start += len(part)
    return whole


def samples_to_come(adapter: Adapter, steps: int | None) -> int | None:
    """Return how many samples the next pass yields; None if nobody knows.

    Args:
        adapter: Where the batches come from.
        steps: How many of them are taken; None for all.
    """
    batches, size = adapter.num_batches, adapter.batch_size
    if batches is None or size is None:
        return None
    partial = adapter.partial_batch_size
    if steps is not None and steps < batches:
        return steps * size
    return batches * size - (size - partial if partial else 0)


def checked_leaves(first: Any, outputs: Any) -> list[Any]:
    """Return the leaves of the outputs of a batch, which must have the nesting of those of the first one.

    Args:
        first: The outputs of that one.
        outputs: Those of the batch.

    Raises:
        ValueError: they have another.
    """
    if type(first) is np.ndarray and type(outputs) is np.ndarray:
        return [outputs]
    if type(first) is np.ndarray:
        raise ValueError(
            f"The outputs of all batches must have one structure. The first batch gave an array, a later one a"
            f" {type(outputs).__name__}. Let the model return the same nesting for every batch."
        )
    tree.map_structure(lambda *leaves: None, first, outputs)
    return tree.flatten(outputs)
