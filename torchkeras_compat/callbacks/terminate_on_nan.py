"""`TerminateOnNaN`: no more training once the loss is no number."""

from __future__ import annotations

import math
import time
from typing import Any

import torch

from torchkeras_compat.callbacks.base import Callback, Logs
from torchkeras_compat.callbacks.console import write_message

_INTERVAL = 0.5


class TerminateOnNaN(Callback):
    """Stops training when the loss is NaN or infinite.

    A loss in host memory is looked at after every step. One on an accelerator, where a look makes the program wait, is
    looked at twice a second and at the end of the epoch: the loss of the logs is a mean over the epoch, which no
    later step mends.

    Args:
        raise_error: Whether to raise instead, so that neither ``on_epoch_end`` nor ``on_train_end`` of any callback
            runs.

    Raises:
        RuntimeError: from the hooks, with ``raise_error=True``.

    Example:
        >>> TerminateOnNaN(raise_error=True).on_epoch_end(0, {"loss": 0.5})

    Source: Keras API, callbacks/terminate_on_nan.
    """

    def __init__(self, raise_error: bool = False) -> None:
        self.raise_error = raise_error
        self._next_look = 0.0
        self._batch = 0

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self._next_look = 0.0

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
        if math.isfinite(value):
            return
        if self.raise_error:
            raise RuntimeError(
                f"NaN or Inf loss encountered at batch {self._batch}: the loss is {value}. Look at the data (NaN, "
                "scale) and try a "
                "smaller learning rate or `clipnorm`."
            )
        write_message(f"Batch {self._batch}: Invalid loss, terminating training")
        self.model.stop_training = True


def _unread_loss(logs: Logs | None) -> Any:
    if not logs:
        return None
    unread = getattr(logs, "unread", None)
    return logs.get("loss") if unread is None else unread("loss")
