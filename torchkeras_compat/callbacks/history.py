"""`History`: what `fit` returns."""

from __future__ import annotations

from typing import Any

from torchkeras_compat.callbacks.base import Callback, Logs


class History(Callback):
    """Keeps the logs of every epoch; ``fit`` adds one itself and returns it.

    Attributes:
        epoch: Indices of the epochs that ran.
        history: Lists of values by name, one value an epoch.

    Example:
        >>> history = History()
        >>> history.on_train_begin()
        >>> history.on_epoch_end(0, {"loss": 0.5})
        >>> history.history
        {'loss': [0.5]}

    Source: Keras API, callbacks/history.
    """

    def __init__(self) -> None:
        self.epoch: list[int] = []
        self.history: dict[str, list[Any]] = {}

    def state_dict(self) -> dict[str, Any]:
        return {"epoch": self.epoch, "history": self.history}

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.epoch = []

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)
        if self.model is not None:
            self.model.history = self
