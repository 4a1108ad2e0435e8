"""`TerminateOnNaN`: no more training once the loss is not a number."""

from __future__ import annotations

import math
import time
from typing import Any

import torch

from torchkeras_compat.callbacks.base import Callback, Logs
from torchkeras_compat.callbacks.console import write_message
from torchkeras_compat.callbacks.finite_watch import FiniteWatch

_INTERVAL = 0.5


class TerminateOnNaN(Callback):
    """Stops training when the loss is NaN or infinite.

    A loss in host memory is looked at after every step. One on an accelerator, where a look makes the program wait, is
    looked at twice a second and at the end of the epoch: the loss of the logs is a mean over the epoch, which no
    later step repairs.

    Args:
        raise_error: Whether to raise instead, so that neither ``on_epoch_end`` nor ``on_train_end`` of any callback
            runs.
        locate: Whether to watch every layer, to say which one gave the first value that is not finite, and in which
            batch, and to leave out updates from the first gradient on that is not finite, so that the weights are
            those of before. Costs a look at each output (a copy of weights and optimizer a step too on a GPU), and
            waits for the device no more often. A ``train_step`` that calls ``optimizer.apply`` itself still updates.

    Raises:
        RuntimeError: from the hooks, with ``raise_error=True``.
        ValueError: from ``fit``, ``locate`` with a model compiled with ``jit_compile=True``.

    Example:
        >>> TerminateOnNaN(raise_error=True).on_epoch_end(0, {"loss": 0.5})

    Source: Keras API, callbacks/terminate_on_nan.
    """

    def __init__(self, raise_error: bool = False, locate: bool = False) -> None:
        self.raise_error = raise_error
        self.locate = locate
        self._watch: FiniteWatch | None = None
        self._next_look = 0.0
        self._batch = 0

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self._release()
        if self.locate:
            self._watch = FiniteWatch(self.model)

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self._next_look = 0.0
        if self._watch is not None:
            self._watch.begin_epoch(epoch)

    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        self._batch = batch
        loss = _unread_loss(logs)
        if loss is None:
            return
        if isinstance(loss, torch.Tensor) and loss.device.type != "cpu":
            now = time.monotonic()
            if now < self._next_look:
                return
            self._next_look = now + _INTERVAL
        self._stop_unless_finite(loss)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        loss = _unread_loss(logs)
        if loss is not None and not getattr(self.model, "stop_training", False):
            self._stop_unless_finite(loss)

    def _stop_unless_finite(self, loss: Any) -> None:
        value = float(loss)
        if math.isfinite(value) and not (self._watch is not None and self._watch.has_failed()):
            return
        found = self._watch.look() if self._watch is not None else None
        where = f" {found[:1].upper()}{found[1:]}." if found else ""
        if self.raise_error:
            raise RuntimeError(
                f"NaN or Inf loss encountered at batch {self._batch}: the loss is {value}.{where} Look at the data "
                "(NaN, scale) and try a smaller learning rate or `clipnorm`."
            )
        write_message(f"Batch {self._batch}: Invalid loss, terminating training{'.' if where else ''}{where}")
        self.model.stop_training = True

    def _release(self) -> None:
        if self._watch is not None:
            self._watch.close()
            self._watch = None


def _unread_loss(logs: Logs | None) -> Any:
    if not logs:
        return None
    unread = getattr(logs, "unread", None)
    return logs.get("loss") if unread is None else unread("loss")
