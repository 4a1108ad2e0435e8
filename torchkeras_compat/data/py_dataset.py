"""`PyDataset`: a dataset that makes batch number i on request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


class PyDataset:
    """Base of datasets that make whole batches by index, if wanted in parallel.

    Subclasses define ``__getitem__(index)``, which returns ``x``, ``(x, y)`` or ``(x, y, sample_weight)`` for one
    batch, and ``__len__`` (or the property ``num_batches``), the number of batches; without it, or where it is None,
    the dataset is endless. ``on_epoch_begin`` and ``on_epoch_end`` may be defined too.

    Args:
        workers: Threads or processes that make batches; 0 and 1 make them in the main thread.
        use_multiprocessing: Whether the workers are processes. They get a copy of the dataset when an epoch begins, so
            changes made in ``on_epoch_end`` reach them, and what they change is lost.
        max_queue_size: Most batches that are made ahead, at least one a worker.

    Raises:
        ValueError: a negative number of workers, or of batches in the queue.

    Example:
        >>> class Squares(PyDataset):
        ...     def __len__(self):
        ...         return 3
        ...     def __getitem__(self, index):
        ...         return index, index**2
        >>> list(Squares())
        [(0, 0), (1, 1), (2, 4)]

    A subclass that changes itself from epoch to epoch may define ``state_dict()`` and ``load_state_dict(state)``: a
    training that is resumed by `BackupAndRestore` gives it back what it was.

    Source: Keras API, utils/PyDataset.
    """

    # Class attributes, so that a subclass that does not call ``super().__init__()`` has them as well.
    _workers = 1
    _use_multiprocessing = False
    _max_queue_size = 10

    def __init__(self, workers: int = 1, use_multiprocessing: bool = False, max_queue_size: int = 10) -> None:
        self.workers = workers
        self.use_multiprocessing = use_multiprocessing
        self.max_queue_size = max_queue_size

    @property
    def workers(self) -> int:
        """Threads or processes that make batches."""
        return self._workers

    @workers.setter
    def workers(self, value: int) -> None:
        if value < 0:
            raise ValueError(f"`workers` must be 0 or more. Received: workers={value}")
        self._workers = value

    @property
    def use_multiprocessing(self) -> bool:
        """Whether the workers are processes."""
        return self._use_multiprocessing

    @use_multiprocessing.setter
    def use_multiprocessing(self, value: bool) -> None:
        self._use_multiprocessing = bool(value)

    @property
    def max_queue_size(self) -> int:
        """Most batches that are made ahead."""
        return self._max_queue_size

    @max_queue_size.setter
    def max_queue_size(self, value: int) -> None:
        if value < 0:
            raise ValueError(f"`max_queue_size` must be 0 or more. Received: max_queue_size={value}")
        self._max_queue_size = value

    def __getitem__(self, index: int) -> Any:
        """Return batch number ``index``.

        Raises:
            NotImplementedError: the subclass does not define it.
        """
        raise NotImplementedError(f"{type(self).__name__} must define `__getitem__(index)`, which returns one batch.")

    @property
    def num_batches(self) -> int | None:
        """Number of batches of an epoch; None for an endless dataset."""
        length = getattr(type(self), "__len__", None)
        return None if length is None else length(self)

    def on_epoch_begin(self) -> None:
        """Called before the first batch of an epoch is asked for."""

    def on_epoch_end(self) -> None:
        """Called after the last batch of an epoch was used."""

    def __iter__(self) -> Iterator[Any]:
        index = 0
        while self.num_batches is None or index < self.num_batches:
            yield self[index]
            index += 1
