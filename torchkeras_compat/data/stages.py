"""What a pipeline does between its source and its user: generators that take elements and yield elements."""

from __future__ import annotations

import os
import queue
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import torch

from torchkeras_compat.data.elements import stack, unstack

AUTOTUNE = -1


def worker_count() -> int:
    """Return how many threads read files: as many as there are cores, eight at most."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(8, cores))


def mapped(function: Callable[[Any], Any], elements: Iterable[Any], workers: int = 1, ahead: int = 0) -> Iterator[Any]:
    """Yield ``function(element)`` in the order of the elements.

    Args:
        function: Called in threads if there are several workers.
        elements: What it is called with.
        workers: Threads.
        ahead: Most results that are waiting; at least one a worker.
    """
    if workers <= 1:
        yield from map(function, elements)
        return
    ahead = max(ahead, workers)
    pool = ThreadPoolExecutor(workers, thread_name_prefix="torchkeras_compat.data")
    waiting: deque[Future[Any]] = deque()
    try:
        for element in elements:
            waiting.append(pool.submit(function, element))
            if len(waiting) > ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def batched(
    elements: Iterable[Any], batch_size: int, drop_remainder: bool = False, collate: Callable[[list[Any]], Any] = stack
) -> Iterator[Any]:
    """Yield batches of neighbours."""
    samples: list[Any] = []
    for element in elements:
        samples.append(element)
        if len(samples) == batch_size:
            yield collate(samples)
            samples = []
    if samples and not drop_remainder:
        yield collate(samples)


def unbatched(elements: Iterable[Any]) -> Iterator[Any]:
    """Yield the samples of every batch."""
    for element in elements:
        yield from unstack(element)


def shuffled(elements: Iterable[Any], buffer_size: int, generator: torch.Generator) -> Iterator[Any]:
    """Yield elements drawn at random from the next ``buffer_size`` ones."""
    buffer: list[Any] = []
    for element in elements:
        buffer.append(element)
        if len(buffer) < buffer_size:
            continue
        place = int(torch.randint(len(buffer), (1,), generator=generator))
        buffer[place], drawn = buffer[-1], buffer[place]
        buffer.pop()
        yield drawn
    for place in torch.randperm(len(buffer), generator=generator).tolist():
        yield buffer[place]


class Remembered:
    """Elements kept from the first whole pass on, and yielded from memory in the later ones.

    Args:
        source: Returns an iterator of a new pass.
    """

    def __init__(self, source: Callable[[], Iterator[Any]]) -> None:
        self.source = source
        self.elements: list[Any] | None = None

    def __call__(self) -> Iterator[Any]:
        if self.elements is not None:
            yield from self.elements
            return
        seen = []
        for element in self.source():
            seen.append(element)
            yield element
        self.elements = seen


def endless(start: Callable[[], Iterator[Any]]) -> Iterator[Any]:
    """Yield the elements again and again; a pass without any ends it, which would be asked for the next one for ever.

    Args:
        start: Starts a pass.
    """
    while True:
        is_empty = True
        for element in start():
            is_empty = False
            yield element
        if is_empty:
            return


def prefetched(elements: Iterator[Any], count: int) -> Iterator[Any]:
    """Yield elements that a thread of its own takes from the source, at most ``count`` ahead."""
    results: queue.Queue[tuple[str, Any]] = queue.Queue(maxsize=count)
    stop = threading.Event()

    def put(kind: str, value: Any) -> bool:
        while not stop.is_set():
            try:
                results.put((kind, value), timeout=0.1)
            except queue.Full:
                continue
            return True
        return False

    def produce() -> None:
        try:
            for element in elements:
                if not put("element", element):
                    break
            else:
                put("end", None)
        except BaseException as error:  # whatever it is, the user's thread has to raise it
            put("error", error)
        finally:
            close = getattr(elements, "close", None)
            if close is not None:
                close()

    thread = threading.Thread(target=produce, name="torchkeras_compat.data.prefetch", daemon=True)
    thread.start()
    try:
        while True:
            kind, value = results.get()
            if kind == "end":
                return
            if kind == "error":
                raise value
            yield value
    finally:
        stop.set()
        thread.join()
