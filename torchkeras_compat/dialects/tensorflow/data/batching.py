"""Methods of a dataset that put elements together and take them apart: ``batch``, ``padded_batch``, ``unbatch``, ..."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import torch

from torchkeras_compat.data import stages
from torchkeras_compat.dialects.tensorflow.data import specs
from torchkeras_compat.dialects.tensorflow.data.chain import Chain, whole
from torchkeras_compat.dialects.tensorflow.data.padding import padded, padded_spec
from torchkeras_compat.dialects.tensorflow.elements.structures import map_structure
from torchkeras_compat.dialects.tensorflow.elements.values import is_composite, presented, stacked, unstacked
from torchkeras_compat.dialects.tensorflow.ragged.making import stack as stack_rows
from torchkeras_compat.dialects.tensorflow.sparse.sparse_tensor import SparseTensor

if TYPE_CHECKING:
    from torchkeras_compat.dialects.tensorflow.data.dataset import Dataset


class Batching(Chain):
    """Methods that put elements together and take them apart."""

    def batch(
        self,
        batch_size: int,
        drop_remainder: bool = False,
        num_parallel_calls: int | None = None,
        deterministic: bool | None = None,
        name: str | None = None,
    ) -> Dataset:
        """Return batches of neighbouring elements.

        Args:
            batch_size: Elements a batch.
            drop_remainder: Whether to leave out a smaller last batch.
            num_parallel_calls: Nothing to decide: putting together is done by the caller's thread.
            deterministic: Nothing to decide: the order is always kept.
            name: Nothing is named.

        Raises:
            ValueError: ``batch_size`` is not a positive int; later, elements of different shapes.
            TypeError: later, elements that are datasets.
        """
        batch_size, drop_remainder = whole("batch_size", batch_size), bool(drop_remainder)
        rows = self._rows
        if rows is None:

            def start() -> Iterator[Any]:
                return stages.batched(self._start(), batch_size, drop_remainder, stacked)

        else:

            def start() -> Iterator[Any]:
                return rows.batches(batch_size, drop_remainder)

        return self._batches_of(start, batch_size, drop_remainder, is_quick=rows is not None)

    def padded_batch(
        self,
        batch_size: int,
        padded_shapes: Any = None,
        padding_values: Any = None,
        drop_remainder: bool = False,
        name: str | None = None,
    ) -> Dataset:
        """Return batches of neighbouring elements, which are padded at the end of each axis to one shape.

        Args:
            batch_size: Elements a batch.
            padded_shapes: A shape for each leaf, with None or -1 for the longest of the batch; None for that
                everywhere.
            padding_values: A value for each leaf or one for all; None for zeros and empty strings.
            drop_remainder: Whether to leave out a smaller last batch.
            name: Nothing is named.

        Raises:
            ValueError: ``batch_size`` is not a positive int; later, shapes of another structure or number of axes, or
                an element that is longer than the shape it shall have.

        Example:
            >>> from torchkeras_compat.dialects.tensorflow.data.dataset import Dataset
            >>> counts = Dataset.range(1, 4).map(lambda n: np.full(int(n), 7))
            >>> [batch.numpy().tolist() for batch in counts.padded_batch(3)]
            [[[7, 0, 0], [7, 7, 0], [7, 7, 7]]]
        """
        batch_size, drop_remainder = whole("batch_size", batch_size), bool(drop_remainder)

        def put_together(elements: list[Any]) -> Any:
            return padded(elements, padded_shapes, padding_values)

        return self._batches_of(
            lambda: stages.batched(self._start(), batch_size, drop_remainder, put_together),
            batch_size,
            drop_remainder,
            shapes=padded_shapes,
        )

    def ragged_batch(
        self,
        batch_size: int,
        drop_remainder: bool = False,
        row_splits_dtype: Any = "int64",
        name: str | None = None,
    ) -> Dataset:
        """Return batches of neighbouring elements as ragged tensors, where their shapes are not known to be equal.

        Args:
            batch_size: Elements a batch.
            drop_remainder: Whether to leave out a smaller last batch.
            row_splits_dtype: Dtype of the places at which rows begin.
            name: Nothing is named.

        Raises:
            ValueError: ``batch_size`` is not a positive int.
        """
        batch_size, drop_remainder = whole("batch_size", batch_size), bool(drop_remainder)

        def put_together(elements: list[Any]) -> Any:
            return map_structure(lambda *leaves: _ragged(leaves, row_splits_dtype), *elements)

        start = self._start
        return self._then(
            lambda: stages.batched(start(), batch_size, drop_remainder, put_together),
            self._number_of_batches(batch_size, drop_remainder),
            is_batched=True,
            spec=None,
        )

    def sparse_batch(self, batch_size: int, row_shape: Any, name: str | None = None) -> Dataset:
        """Return batches of neighbouring tensors as sparse tensors of shape ``(batch, *row_shape)``.

        Args:
            batch_size: Elements a batch.
            row_shape: Sizes that hold every element; None or -1 for the longest of the batch.
            name: Nothing is named.

        Raises:
            ValueError: ``batch_size`` is not a positive int; later, an element with another number of axes, or larger.
        """
        batch_size = whole("batch_size", batch_size)
        sizes = list(row_shape if hasattr(row_shape, "__iter__") else [row_shape])

        def put_together(elements: list[Any]) -> Any:
            return map_structure(lambda *leaves: _sparse(leaves, sizes), *elements)

        start = self._start
        length = self._number_of_batches(batch_size, False)
        return self._then(
            lambda: stages.batched(start(), batch_size, False, put_together), length, is_batched=True, spec=None
        )

    def unbatch(self, name: str | None = None) -> Dataset:
        """Return the samples of the batches.

        Raises:
            ValueError: later, a leaf without a first axis, or leaves of different lengths.
        """

        def start() -> Iterator[Any]:
            for batch in self._start():
                yield from unstacked(batch)

        length = math.inf if self._length == math.inf else 0 if self._length == 0 else None
        return self._then(start, length, is_batched=False, spec=lambda: specs.unbatched(self.element_spec))

    def rebatch(self, batch_size: Any, drop_remainder: bool = False, name: str | None = None) -> Dataset:
        """Return the samples of the batches in batches of another size.

        Args:
            batch_size: Elements a batch.
            drop_remainder: Whether to leave out a smaller last batch.
            name: Nothing is named.

        Raises:
            ValueError: ``batch_size`` is not a positive int.
        """
        batch_size, drop_remainder = whole("batch_size", batch_size), bool(drop_remainder)

        def start() -> Iterator[Any]:
            samples = (sample for batch in self._start() for sample in unstacked(batch))
            return stages.batched(samples, batch_size, drop_remainder, stacked)

        size = batch_size if drop_remainder else None
        length = self._length if self._length in (0, math.inf) else None
        return self._then(
            start,
            length,
            is_batched=True,
            spec=lambda: specs.batched(specs.unbatched(self.element_spec), size),
        )

    def _batches_of(
        self, start: Any, batch_size: int, drop_remainder: bool, is_quick: bool = False, shapes: Any = None
    ) -> Dataset:
        def spec() -> Any:
            return specs.batched(padded_spec(self.element_spec, shapes), batch_size if drop_remainder else None)

        length = self._number_of_batches(batch_size, drop_remainder)
        return self._then(start, length, is_batched=True, spec=spec, is_quick=is_quick)

    def _number_of_batches(self, batch_size: int, drop_remainder: bool) -> float | None:
        length = self._length
        if length is None or length == math.inf:
            return length
        return length // batch_size if drop_remainder else -(-length // batch_size)


def _sparse(leaves: Any, sizes: list[Any]) -> Any:
    wanted = [-1 if size is None else int(size) for size in sizes]
    if any(leaf.ndim != len(wanted) for leaf in leaves):
        raise ValueError(f"`row_shape` {wanted} has {len(wanted)} axes. Received an element of {leaves[0].ndim}.")
    shape = [max(leaf.shape[a] for leaf in leaves) if size < 0 else size for a, size in enumerate(wanted)]
    if any(leaf.shape[axis] > size for leaf in leaves for axis, size in enumerate(shape)):
        raise ValueError(f"An element is larger than `row_shape` {wanted}.")
    places = [
        torch.cat([torch.full((leaf.numel(), 1), row), torch.ones(leaf.shape, device="cpu").nonzero()], 1)
        for row, leaf in enumerate(leaves)
    ]
    values = torch.cat([leaf.reshape(-1) for leaf in leaves])
    return SparseTensor(presented(torch.cat(places)), presented(values), presented(torch.tensor([len(leaves), *shape])))


def _ragged(leaves: Any, dtype: Any) -> Any:
    if not is_composite(leaves[0]) and not leaves[0].ndim:
        return stacked(list(leaves))
    return stack_rows([presented(leaf) for leaf in leaves]).with_row_splits_dtype(dtype)
