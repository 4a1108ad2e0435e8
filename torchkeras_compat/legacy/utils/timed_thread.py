"""`TimedThread`: something done again and again beside the training."""

from __future__ import annotations

import threading
from typing import Any


class TimedThread:
    """A thread that calls ``on_interval``, which subclasses define, until it is stopped; a context manager.

    Args:
        interval: Seconds from the end of a call to the next.
        kwargs: Arguments of ``threading.Thread``. ``daemon`` is True by default.

    Example:
        >>> class Ticks(TimedThread):
        ...     ticked = threading.Event()
        ...     def on_interval(self):
        ...         self.ticked.set()
        >>> with Ticks(interval=0.01) as ticks:
        ...     ticks.ticked.wait(10)
        True

    Source: Keras 2.15 API, utils/TimedThread.
    """

    def __init__(self, interval: float, **kwargs: Any) -> None:
        self.interval = interval
        self.daemon = kwargs.pop("daemon", True)
        self.thread_kwargs = kwargs
        self.thread: threading.Thread | None = None
        self.thread_stop_event: threading.Event | None = None

    def start(self) -> None:
        """Begin; a thread that runs goes on."""
        if self.is_alive():
            return
        stopped = threading.Event()
        self.thread_stop_event = stopped
        self.thread = threading.Thread(target=self._run, args=(stopped,), daemon=self.daemon, **self.thread_kwargs)
        self.thread.start()

    def stop(self) -> None:
        """Call ``on_interval`` no more."""
        if self.thread_stop_event is not None:
            self.thread_stop_event.set()

    def is_alive(self) -> bool:
        """Return whether the thread runs."""
        return self.thread is not None and self.thread.is_alive()

    def on_interval(self) -> None:
        """Called again and again.

        Raises:
            NotImplementedError: the subclass does not define it.
        """
        raise NotImplementedError(f"{type(self).__name__} must define `on_interval`, which is called again and again.")

    def __enter__(self) -> TimedThread:
        self.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.stop()

    def _run(self, stopped: threading.Event) -> None:
        while not stopped.is_set():
            self.on_interval()
            stopped.wait(self.interval)
