"""`ProgbarLogger`: the progress of `fit`, `evaluate` and `predict` on standard output."""

from __future__ import annotations

import time
from typing import Any

from torchkeras_compat import config
from torchkeras_compat.callbacks.base import Callback, Logs
from torchkeras_compat.callbacks.console import write_message
from torchkeras_compat.callbacks.progress import Progbar

# Reading a value makes the program wait for the device, so the bar is drawn no more than a few times a second.
_INTERVAL = 0.25


class ProgbarLogger(Callback):
    """Draws the progress bar; ``fit``, ``evaluate`` and ``predict`` add one unless ``verbose=0``.

    ``params["verbose"]``: 1 for a bar, 2 for one line an epoch, ``"auto"`` for 1, or 2 where interactive logging is
    off.

    Example:
        >>> ProgbarLogger().params is None
        True

    Source: Keras API, Model.fit (verbose).
    """

    def __init__(self) -> None:
        self.verbose: int = 1
        self.epochs: int = 1
        self.target: int | None = None
        self.progbar: Progbar | None = None
        self.seen = 0
        self._next_drawing = 0.0
        self._in_fit = False

    def set_params(self, params: dict[str, Any]) -> None:
        super().set_params(params)
        verbose = params.get("verbose", 1)
        if verbose == "auto":
            verbose = 1 if config.is_interactive_logging_enabled() else 2
        self.verbose = int(verbose)
        self.epochs = params.get("epochs") or 1
        self.target = params.get("steps")

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self._in_fit = True

    def on_train_end(self, logs: Logs | None = None) -> None:
        self._in_fit = False

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        if self.verbose and self.epochs > 1:
            write_message(f"Epoch {epoch + 1}/{self.epochs}")
        self._begin()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        self._end(logs)

    def on_test_begin(self, logs: Logs | None = None) -> None:
        if not self._in_fit:
            self._begin()

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        self._begin()

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        self._advance(batch, logs)

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        if not self._in_fit:
            self._advance(batch, logs)

    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        self._advance(batch, None)

    def on_test_end(self, logs: Logs | None = None) -> None:
        if not self._in_fit:
            self._end(logs)

    def on_predict_end(self, logs: Logs | None = None) -> None:
        self._end(None)

    def _begin(self) -> None:
        self.seen = 0
        self._next_drawing = 0.0
        # Metrics are means over the epoch already, so nothing is averaged here.
        self.progbar = Progbar(self.target, verbose=self.verbose, interval=0.0, stateless_metrics=[])

    def _advance(self, batch: int, logs: Logs | None) -> None:
        self.seen = batch + 1
        now = time.monotonic()
        if now < self._next_drawing or self.progbar is None:
            return
        self._next_drawing = now + _INTERVAL
        # With verbose=2 values are shown at the end only; this call tells the bar when the first step was done.
        self.progbar.update(self.seen, logs.items() if logs and self.verbose == 1 else (), finalize=False)

    def _end(self, logs: Logs | None) -> None:
        if self.progbar is None:
            return
        if self.progbar.target is None:
            self.progbar.target = self.seen
        self.progbar.update(self.seen, logs.items() if logs else (), finalize=True)
        self.progbar = None
