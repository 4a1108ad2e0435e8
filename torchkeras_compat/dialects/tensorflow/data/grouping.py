"""Methods of a dataset that make datasets of neighbours or of like elements: ``window``, ``group_by_window``, ..."""

from __future__ import annotations

import bisect
import math
from collections import deque
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import torch

from torchkeras_compat.dialects.tensorflow.data import specs
from torchkeras_compat.dialects.tensorflow.data.chain import Chain, called, whole
from torchkeras_compat.dialects.tensorflow.data.padding import up_to
from torchkeras_compat.dialects.tensorflow.elements.structures import flatten, pack

if TYPE_CHECKING:
    from torchkeras_compat.dialects.tensorflow.data.dataset import Dataset


class Grouping(Chain):
    """Methods that make datasets of neighbours or of like elements."""

    def window(
        self,
        size: int,
        shift: int | None = None,
        stride: int = 1,
        drop_remainder: bool = False,
        name: str | None = None,
    ) -> Dataset:
        """Return windows of neighbouring elements, each a dataset: for tuples and dictionaries one for each leaf.

        Args:
            size: Elements in a window.
            shift: Elements between the first ones of two windows; None for ``size``.
            stride: Elements between two of a window.
            drop_remainder: Whether to leave out windows at the end that are shorter.
            name: Nothing is named.

        Raises:
            ValueError: a number is not positive.

        Example:
            >>> from torchkeras_compat.dialects.tensorflow.data.dataset import Dataset
            >>> windows = Dataset.range(5).window(3, shift=1, drop_remainder=True)
            >>> [batch.numpy().tolist() for batch in windows.flat_map(lambda w: w.batch(3))]
            [[0, 1, 2], [1, 2, 3], [2, 3, 4]]
        """
        size, stride = whole("size", size), whole("stride", stride)
        shift = size if shift is None else whole("shift", shift)
        length = self._length
        if length is not None and length != math.inf:
            reach = (size - 1) * stride + 1 if drop_remainder else 1
            length = max(0, (length - reach) // shift + 1)
        return self._then(
            lambda: map(self._as_datasets, _windows(self._start(), size, shift, stride, drop_remainder)),
            length,
            is_batched=False,
            spec=lambda: specs.with_dataset_specs(self.element_spec),
        )

    def group_by_window(
        self,
        key_func: Callable[..., Any],
        reduce_func: Callable[..., Any],
        window_size: int | None = None,
        window_size_func: Callable[..., Any] | None = None,
        name: str | None = None,
    ) -> Dataset:
        """Return what ``reduce_func`` makes of windows of elements with one key.

        Args:
            key_func: Returns the key of an element, an integer.
            reduce_func: Makes a dataset of a key and a dataset of ``window_size`` elements, of fewer at the end.
            window_size: Elements in a window.
            window_size_func: Returns the size for a key; instead of ``window_size``.
            name: Nothing is named.

        Raises:
            ValueError: both sizes or none, or one that is not positive.
            TypeError: a function is not callable, or, later, ``reduce_func`` returns no dataset.
        """
        if (window_size is None) == (window_size_func is None):
            raise ValueError("Either the `window_size` or the `window_size_func` argument is needed, and not both.")
        key_of, reduced = called(key_func), called(reduce_func)
        size_of = (lambda key: window_size) if window_size_func is None else called(window_size_func)

        def emitted(key: int, window: list[Any]) -> Iterator[Any]:
            made = reduced((torch.tensor(key, dtype=torch.int64, device="cpu"), self._of_elements(window)))
            if not isinstance(made, Chain):
                raise TypeError(f"`reduce_func` must return a dataset. It returned {type(made).__name__}.")
            return made.elements()

        def start() -> Iterator[Any]:
            windows: dict[int, list[Any]] = {}
            sizes: dict[int, int] = {}
            for element in self._start():
                key = int(key_of(element))
                if key not in windows:
                    windows[key] = []
                    sizes[key] = whole("window_size", size_of(torch.tensor(key, device="cpu")))
                windows[key].append(element)
                if len(windows[key]) == sizes[key]:
                    yield from emitted(key, windows.pop(key))
            for key in sorted(windows):
                yield from emitted(key, windows[key])

        return self._then(start, None, is_batched=True, spec=None)

    def bucket_by_sequence_length(
        self,
        element_length_func: Callable[..., Any],
        bucket_boundaries: Any,
        bucket_batch_sizes: Any,
        padded_shapes: Any = None,
        padding_values: Any = None,
        pad_to_bucket_boundary: bool = False,
        no_padding: bool = False,
        drop_remainder: bool = False,
        name: str | None = None,
    ) -> Dataset:
        """Return padded batches of elements of similar length.

        Args:
            element_length_func: Returns the length of an element.
            bucket_boundaries: Lengths at which the next bucket begins, increasing.
            bucket_batch_sizes: Batch size of each bucket: one more than boundaries.
            padded_shapes: As :meth:`padded_batch` takes them.
            padding_values: As :meth:`padded_batch` takes them.
            pad_to_bucket_boundary: Whether unknown sizes are padded to the boundary minus one, and not to the longest.
            no_padding: Whether elements of a batch have one shape already.
            drop_remainder: Whether to leave out smaller batches at the end.
            name: Nothing is named.

        Raises:
            ValueError: another number of sizes than of buckets, or boundaries that do not increase; later, an element
                that is longer than the last boundary, with ``pad_to_bucket_boundary``.
        """
        boundaries = [int(boundary) for boundary in bucket_boundaries]
        sizes = [whole("bucket_batch_sizes", size) for size in bucket_batch_sizes]
        if len(sizes) != len(boundaries) + 1:
            raise ValueError(
                f"`len(bucket_batch_sizes)` must equal `len(bucket_boundaries) + 1`. Received: {len(sizes)} and "
                f"{len(boundaries)}"
            )
        if boundaries != sorted(set(boundaries)):
            raise ValueError(f"`bucket_boundaries` must increase. Received: {boundaries}")
        length_of = called(element_length_func)

        def reduce_func(key: Any, window: Any) -> Any:
            bucket = int(key)
            if no_padding:
                return window.batch(sizes[bucket], drop_remainder)
            shapes = padded_shapes
            if pad_to_bucket_boundary:
                if bucket == len(boundaries):
                    raise ValueError(
                        f"An element is as long as the last of `bucket_boundaries`, {boundaries[-1:]}, or longer, and "
                        "`pad_to_bucket_boundary` has nothing to pad it to. Add a boundary above all lengths."
                    )
                shapes = _to_boundary(window, shapes, boundaries[bucket] - 1)
            return window.padded_batch(sizes[bucket], shapes, padding_values, drop_remainder)

        def bucket_of(*element: Any) -> int:
            return bisect.bisect_right(boundaries, int(length_of(element if len(element) > 1 else element[0])))

        return self.group_by_window(bucket_of, reduce_func, window_size_func=lambda key: sizes[int(key)])

    def _as_datasets(self, window: list[Any]) -> Any:
        """A dataset of the elements, or, of tuples and dictionaries, one for each leaf."""
        columns = zip(*map(flatten, window), strict=True)
        return pack(window[0], iter([self._of_elements(list(column)) for column in columns]))

    def _of_elements(self, elements: list[Any]) -> Dataset:
        made: Dataset = self.kind(lambda: iter(elements), len(elements), is_quick=True)
        return made


def _windows(elements: Iterator[Any], size: int, shift: int, stride: int, drop_remainder: bool) -> Iterator[list[Any]]:
    reach = (size - 1) * stride + 1
    buffer: deque[Any] = deque()
    to_skip = 0
    for element in elements:
        if to_skip:
            to_skip -= 1
            continue
        buffer.append(element)
        if len(buffer) == reach:
            yield list(buffer)[::stride]
            to_skip = max(0, shift - reach)
            for _ in range(min(shift, reach)):
                buffer.popleft()
    while buffer and not drop_remainder:
        yield list(buffer)[::stride]
        for _ in range(min(shift, len(buffer))):
            buffer.popleft()


def _to_boundary(window: Any, shapes: Any, boundary: int) -> Any:
    """Shapes for every leaf, with the boundary where a size is not given."""
    element = next(iter(window.elements()))
    leaves = flatten(element)
    given = [None] * len(leaves) if shapes is None else up_to(element, shapes, "padded_shapes")
    filled = [
        [
            boundary if size is None or int(size) < 0 else int(size)
            for size in ([None] * leaf.ndim if shape is None else shape)
        ]
        for leaf, shape in zip(leaves, given, strict=True)
    ]
    return pack(element, iter(filled))
