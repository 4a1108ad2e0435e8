"""Batches made ahead by threads or processes: `OrderedEnqueuer` and `GeneratorEnqueuer`."""

from __future__ import annotations

import multiprocessing
import queue
import random
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any

import numpy as np


class SequenceEnqueuer:
    """Base of what makes batches ahead.

    Args:
        sequence: What the batches come from.
        use_multiprocessing: Whether processes make them instead of threads.

    Source: Keras 2.15 API, utils/SequenceEnqueuer.
    """

    def __init__(self, sequence: Any, use_multiprocessing: bool = False) -> None:
        self.sequence = sequence
        self.use_multiprocessing = use_multiprocessing
        self.workers = 0
        self.queue: queue.Queue[Future[Any] | None] = queue.Queue()
        self.stop_signal = threading.Event()
        self.run_thread: threading.Thread | None = None

    def is_running(self) -> bool:
        """Return whether batches are being made."""
        return self.run_thread is not None and not self.stop_signal.is_set()

    def start(self, workers: int = 1, max_queue_size: int = 10) -> None:
        """Begin to make batches.

        Args:
            workers: Threads or processes.
            max_queue_size: Most batches that are made ahead.

        Raises:
            ValueError: a number is below 1.
            RuntimeError: it was begun already.
        """
        if workers < 1 or max_queue_size < 1:
            raise ValueError(
                f"`workers` and `max_queue_size` are at least 1. Received: workers={workers}, "
                f"max_queue_size={max_queue_size}"
            )
        if self.is_running():
            raise RuntimeError("This enqueuer is running already. Call `stop()` first.")
        self.workers = workers
        self.queue = queue.Queue(max_queue_size)
        self.stop_signal = threading.Event()
        self.run_thread = threading.Thread(target=self._run_until_stopped, daemon=True)
        self.run_thread.start()

    def stop(self, timeout: float | None = None) -> None:
        """Make no more batches.

        Args:
            timeout: Seconds to wait for the threads and processes to end; None for no limit.
        """
        self.stop_signal.set()
        while True:  # what waits to be put ends so
            try:
                self.queue.get_nowait()
            except queue.Empty:
                break
        if self.run_thread is not None:
            self.run_thread.join(timeout)
            self.run_thread = None

    def get(self) -> Iterator[Any]:
        """Yield the batches in their order; None is left out.

        Raises:
            Exception: what making a batch raised.
        """
        while self.is_running():
            try:
                future = self.queue.get(timeout=1)
            except queue.Empty:
                continue
            if future is None:  # the end
                self.stop()
                return
            try:
                batch = future.result()
            except BaseException:
                self.stop()
                raise
            if batch is not None:
                yield batch

    def _run_until_stopped(self) -> None:
        try:
            self._run()
        except BaseException as error:  # is raised where batches are got
            failed: Future[Any] = Future()
            failed.set_exception(error)
            self._put(failed)

    def _put(self, future: Future[Any] | None) -> bool:
        """Put a batch into the queue as soon as there is room; return False if it was stopped meanwhile."""
        while not self.stop_signal.is_set():
            try:
                self.queue.put(future, timeout=0.2)
                return True
            except queue.Full:
                continue
        return False

    def _run(self) -> None:
        raise NotImplementedError(f"{type(self).__name__} must define `_run`, which puts batches into the queue.")


class OrderedEnqueuer(SequenceEnqueuer):
    """Makes the batches of a ``Sequence`` ahead, epoch after epoch without end.

    Args:
        sequence: A ``Sequence`` or ``PyDataset``; its ``on_epoch_end`` is called after each epoch.
        use_multiprocessing: Whether processes make the batches. They get a copy of the sequence for each epoch.
        shuffle: Whether each epoch has a new order, by Python's ``random``.

    Example:
        >>> from torchkeras_compat.data.py_dataset import PyDataset
        >>> class Squares(PyDataset):
        ...     def __len__(self):
        ...         return 3
        ...     def __getitem__(self, index):
        ...         return index**2
        >>> enqueuer = OrderedEnqueuer(Squares())
        >>> enqueuer.start(workers=2)
        >>> batches = enqueuer.get()
        >>> [next(batches) for _ in range(4)]
        [0, 1, 4, 0]
        >>> enqueuer.stop()

    Source: Keras 2.15 API, utils/OrderedEnqueuer.
    """

    def __init__(self, sequence: Any, use_multiprocessing: bool = False, shuffle: bool = False) -> None:
        super().__init__(sequence, use_multiprocessing)
        self.shuffle = shuffle

    def _run(self) -> None:
        while not self.stop_signal.is_set():
            order = list(range(len(self.sequence)))
            if self.shuffle:
                random.shuffle(order)
            with self._executor() as (executor, make):
                try:
                    futures = [future for index in order if (future := self._submitted(executor, make, index))]
                    for future in futures:  # the epoch ends when its batches are made
                        if not self.stop_signal.is_set():
                            future.exception()
                finally:
                    executor.shutdown(wait=True, cancel_futures=True)
            if not order:
                self._put(None)
                return
            if not self.stop_signal.is_set():
                self.sequence.on_epoch_end()

    def _submitted(self, executor: Executor, make: Callable[[int], Any], index: int) -> Future[Any] | None:
        if self.stop_signal.is_set():
            return None
        future = executor.submit(make, index)
        return future if self._put(future) else None

    def _executor(self) -> _Executor:
        return _Executor(self.sequence, self.workers, self.use_multiprocessing)


class _Executor:
    """Threads or processes, and the function that makes a batch in them; a context manager."""

    def __init__(self, sequence: Any, workers: int, use_multiprocessing: bool) -> None:
        self._made: tuple[Executor, Callable[[int], Any]]
        if use_multiprocessing:
            names = multiprocessing.get_all_start_methods()
            context = multiprocessing.get_context("fork" if "fork" in names else None)
            executor: Executor = ProcessPoolExecutor(workers, context, _hold, (sequence,))
            self._made = executor, _batch_of_held
        else:
            self._made = ThreadPoolExecutor(workers, thread_name_prefix="Enqueuer"), sequence.__getitem__

    def __enter__(self) -> tuple[Executor, Callable[[int], Any]]:
        return self._made

    def __exit__(self, *exc_info: object) -> None:
        self._made[0].shutdown(wait=True, cancel_futures=True)


_held: Any = None  # the sequence, in a process that makes its batches


def _hold(sequence: Any) -> None:
    global _held
    _held = sequence
    np.random.seed()  # else all processes would draw the same numbers


def _batch_of_held(index: int) -> Any:
    return _held[index]


class GeneratorEnqueuer(SequenceEnqueuer):
    """Takes the batches of a generator ahead, in their order.

    Args:
        sequence: The generator; one thread at a time asks it.
        use_multiprocessing: Must be False: each process would make all the batches.
        wait_time: Of Keras 2.0 to 2.2, seconds between two looks into the queue; nothing has to look here.
        random_seed: Of Keras 2, for processes; there are none.

    Raises:
        ValueError: ``use_multiprocessing`` is true.

    Example:
        >>> enqueuer = GeneratorEnqueuer(iter([1, 2, 3]))
        >>> enqueuer.start()
        >>> list(enqueuer.get())
        [1, 2, 3]

    Source: Keras 2.15 API, utils/GeneratorEnqueuer.
    """

    def __init__(
        self,
        sequence: Any,
        use_multiprocessing: bool = False,
        wait_time: float | None = None,
        random_seed: int | None = None,
    ) -> None:
        if use_multiprocessing:
            raise ValueError(
                "GeneratorEnqueuer works with threads: each process would run the whole generator, and every batch "
                "would come as often as there are processes. Use a `Sequence`, or use_multiprocessing=False."
            )
        super().__init__(sequence, use_multiprocessing)
        self.wait_time = wait_time
        self.random_seed = random_seed

    def _run(self) -> None:
        for batch in self.sequence:
            future: Future[Any] = Future()
            future.set_result(batch)
            if not self._put(future):
                return
        self._put(None)
