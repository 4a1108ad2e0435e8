"""A `PyDataset` as training data: its batches made in the main thread, in threads or in processes."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import torch
from torch.utils.data import DataLoader, Dataset

from torchkeras_compat.data.py_dataset import PyDataset
from torchkeras_compat.data.stream import Parts, StreamAdapter


class PyDatasetAdapter(StreamAdapter):
    """Batches of a :class:`~torchkeras_compat.data.py_dataset.PyDataset`.

    Processes are those of a ``DataLoader`` without collation, so tensors come through shared memory and an error in
    a worker is raised here.

    Args:
        dataset: Makes the batches.
        shuffle: Whether the batches come in a new order in each epoch (``torch.randperm``); an endless dataset keeps
            its.
        **options: As :class:`~torchkeras_compat.data.stream.StreamAdapter` takes them.

    Raises:
        ValueError: as for every stream; or the dataset has 0 batches.

    Example:
        >>> class Ones(PyDataset):
        ...     def __len__(self):
        ...         return 2
        ...     def __getitem__(self, index):
        ...         return torch.ones(4, 3), torch.ones(4)
        >>> [tuple(x.shape) for x, y, weights in PyDatasetAdapter(Ones()).epoch()]
        [(4, 3), (4, 3)]
    """

    def __init__(
        self,
        dataset: PyDataset,
        y: Any = None,
        sample_weight: Any = None,
        *,
        shuffle: bool | str = False,
        **options: Any,
    ) -> None:
        super().__init__("a PyDataset", y, sample_weight, shuffle=shuffle, **options)
        self.dataset = dataset
        self.shuffle = shuffle
        self.num_batches = dataset.num_batches
        if self.num_batches == 0:
            raise ValueError(
                f"The data is empty: {type(dataset).__name__} has 0 batches. Its length must be the number of batches, "
                "at least 1, "
                "or None for an endless dataset."
            )

    def on_epoch_begin(self) -> None:
        self.dataset.on_epoch_begin()

    def on_epoch_end(self) -> None:
        self.dataset.on_epoch_end()
        self.num_batches = self.dataset.num_batches  # it may be another one in the next epoch

    def state_dict(self) -> dict[str, Any]:
        """Return the ``state_dict`` of a dataset that has one."""
        return self.dataset.state_dict() if hasattr(self.dataset, "state_dict") else {}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Give a dataset back its state."""
        if hasattr(self.dataset, "load_state_dict"):
            self.dataset.load_state_dict(state_dict)

    def epoch(self) -> Iterator[Parts]:
        """Return an iterator over the batches of one epoch; endless where the dataset is."""
        return self._to_device(self._parts(batch) for batch in self._made(self._indices()))

    def _indices(self) -> Iterable[int]:
        if self.num_batches is None:
            return itertools.count()
        return torch.randperm(self.num_batches).tolist() if self.shuffle else range(self.num_batches)

    def _made(self, indices: Iterable[int]) -> Iterator[Any]:
        if self.dataset.workers > 1 or (self.dataset.workers == 1 and self.dataset.use_multiprocessing):
            if self.dataset.use_multiprocessing:
                return _made_by_processes(self.dataset, indices)
            return _made_by_threads(self.dataset, indices)
        return (self.dataset[index] for index in indices)


def _made_by_threads(dataset: PyDataset, indices: Iterable[int]) -> Iterator[Any]:
    pool = ThreadPoolExecutor(dataset.workers, thread_name_prefix="PyDataset")
    queue: deque[Future[Any]] = deque()
    remaining = iter(indices)
    try:
        for index in itertools.islice(remaining, max(dataset.workers, dataset.max_queue_size)):
            queue.append(pool.submit(dataset.__getitem__, index))
        while queue:
            batch = queue.popleft().result()
            for index in itertools.islice(remaining, 1):
                queue.append(pool.submit(dataset.__getitem__, index))
            yield batch
    finally:  # also when the loop stops early: nobody waits for batches that nobody wants
        pool.shutdown(wait=False, cancel_futures=True)


def _made_by_processes(dataset: PyDataset, indices: Iterable[int]) -> Iterator[Any]:
    workers = max(1, dataset.workers)
    loader = DataLoader(
        _Batches(dataset),
        batch_size=None,
        sampler=indices,
        num_workers=workers,
        prefetch_factor=max(1, dataset.max_queue_size // workers),
        collate_fn=_unchanged,
    )
    batches: Any = iter(loader)
    try:
        yield from batches
    finally:
        # When a batch fails, the traceback keeps the iterator, and only its end stops the processes.
        batches._shutdown_workers()


class _Batches(Dataset[Any]):
    """The dataset as a DataLoader asks for it."""

    def __init__(self, dataset: PyDataset) -> None:
        self.dataset = dataset

    def __getitem__(self, index: int) -> Any:
        return self.dataset[index]


def _unchanged(batch: Any) -> Any:
    return batch
