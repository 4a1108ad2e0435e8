"""`History`: what `fit` returns."""

from __future__ import annotations

from typing import Any

from torchkeras_compat.callbacks.base import Callback, Logs
from torchkeras_compat.errors import FileContentError


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

    def _check_state_dict(self, state_dict: Any) -> None:
        super()._check_state_dict(state_dict)
        epoch, history = state_dict.get("epoch", []), state_dict.get("history", {})
        is_right = isinstance(epoch, list) and all(type(e) is int for e in epoch) and isinstance(history, dict)
        if not is_right or not all(isinstance(k, str) and isinstance(v, list) for k, v in history.items()):
            raise FileContentError("The history is a list of values for each name. The copy has another.")

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.epoch = []

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)
        if self.model is not None:
            self.model.history = self
