"""`Iterator`: batches of images by their indices, in an order that NumPy's random numbers give."""

from __future__ import annotations

import threading
from collections.abc import Iterator as IteratorOf
from typing import Any

import numpy as np

from torchkeras_compat.data.py_dataset import PyDataset

Array = np.ndarray[Any, Any]


class Iterator(PyDataset):
    """Base of what yields batches of images without end, and makes each batch of an epoch by its index.

    Subclasses define ``_get_batches_of_transformed_samples(index_array)``.

    Args:
        n: Number of samples.
        batch_size: Samples a batch; the last one of an epoch may have fewer.
        shuffle: Whether each epoch has a new order.
        seed: Batch number ``i`` of all that were made seeds NumPy with ``seed + i``; None leaves NumPy as it is.

    Attributes:
        batch_index: Number of the batch that ``next`` makes.
        total_batches_seen: Number of batches made.
        index_array: Order of the samples in this epoch; None before the first batch.

    Raises:
        ValueError: ``batch_size`` is not a positive number.

    Example:
        >>> class Indices(Iterator):
        ...     def _get_batches_of_transformed_samples(self, index_array):
        ...         return index_array
        >>> batches = Indices(n=5, batch_size=2, shuffle=False, seed=None)
        >>> len(batches), batches[2].tolist(), batches.next().tolist()
        (3, [4], [0, 1])

    Source: Keras 2.15 API, preprocessing/image.
    """

    white_list_formats = ("png", "jpg", "jpeg", "bmp", "ppm", "tif", "tiff")

    def __init__(self, n: int, batch_size: int, shuffle: bool, seed: int | None) -> None:
        super().__init__()
        if batch_size is None or batch_size < 1:
            raise ValueError(f"`batch_size` must be a positive number of samples. Received: batch_size={batch_size!r}")
        self.n = n
        self.batch_size = batch_size
        self.seed = seed
        self.shuffle = shuffle
        self.batch_index = 0
        self.total_batches_seen = 0
        self.index_array: Array | None = None
        self.lock = threading.Lock()
        self.index_generator = self._flow_index()

    @property
    def N(self) -> int:
        """Number of samples, as Keras 1 calls it."""
        return self.n

    @property
    def nb_sample(self) -> int:
        """Number of samples, as Keras 1 calls it."""
        return self.n

    def __len__(self) -> int:
        return -(-self.n // self.batch_size)

    def __getitem__(self, index: int) -> Any:
        """Return a batch of this epoch.

        Raises:
            ValueError: there are fewer batches.
        """
        if index >= len(self):
            raise ValueError(f"Asked to retrieve batch {index}, but there are {len(self)}.")
        index += len(self) if index < 0 else 0
        self._seed()
        self.total_batches_seen += 1
        if self.index_array is None:
            self._set_index_array()
        assert self.index_array is not None
        return self._get_batches_of_transformed_samples(
            self.index_array[self.batch_size * index : self.batch_size * (index + 1)]
        )

    def __iter__(self) -> IteratorOf[Any]:
        return self

    def __next__(self) -> Any:
        return self.next()

    def next(self) -> Any:
        """Return the next batch; after the last of an epoch comes the first of another."""
        with self.lock:
            index_array = next(self.index_generator)
        return self._get_batches_of_transformed_samples(index_array)

    def reset(self) -> None:
        """Let ``next`` begin with the first batch of an epoch."""
        self.batch_index = 0

    def on_epoch_end(self) -> None:
        """Give the next epoch its order."""
        self._set_index_array()

    def __getstate__(self) -> dict[str, Any]:
        state = self.__dict__.copy()
        del state["lock"], state["index_generator"]  # which are of one process
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.lock = threading.Lock()
        self.index_generator = self._flow_index()

    def _seed(self) -> None:
        if self.seed is not None:
            np.random.seed(self.seed + self.total_batches_seen)

    def _set_index_array(self) -> None:
        self.index_array = np.random.permutation(self.n) if self.shuffle else np.arange(self.n)

    def _flow_index(self) -> IteratorOf[Array]:
        """Yield the indices of batch after batch."""
        while True:
            self._seed()
            if self.batch_index == 0 or self.index_array is None:
                self._set_index_array()
            assert self.index_array is not None
            first = self.batch_index * self.batch_size % self.n if self.n else 0
            self.batch_index = self.batch_index + 1 if self.n > first + self.batch_size else 0
            self.total_batches_seen += 1
            yield self.index_array[first : first + self.batch_size]

    def _get_batches_of_transformed_samples(self, index_array: Array) -> Any:
        """Return the batch of the samples at these indices."""
        raise NotImplementedError(
            f"{type(self).__name__} must define `_get_batches_of_transformed_samples(index_array)`, which returns one "
            "batch."
        )
