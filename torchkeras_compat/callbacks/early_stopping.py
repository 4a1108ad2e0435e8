"""`EarlyStopping`: no more epochs once a value stops getting better."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from torchkeras_compat.callbacks.base import Logs
from torchkeras_compat.callbacks.console import write_message
from torchkeras_compat.callbacks.monitor import MonitorCallback
from torchkeras_compat.errors import FileContentError


class EarlyStopping(MonitorCallback):
    """Stops training when the watched value has not improved for ``patience`` epochs.

    Args:
        monitor: Name of the value in the logs.
        min_delta: Smallest change that counts as better.
        patience: Epochs without improvement after which training stops.
        verbose: 1 to say when it stops.
        mode: ``"min"``, ``"max"`` or ``"auto"``.
        baseline: Value that has to be beaten for an improvement to count against the patience; None for none.
        restore_best_weights: Whether to end with the weights of the best epoch instead of the last.
        start_from_epoch: Epochs to wait before the value is watched.

    Raises:
        ValueError: ``mode="auto"`` and nothing says which way the value should go, from the first epoch's end.

    Example:
        >>> EarlyStopping(monitor="val_accuracy", patience=3).mode
        'auto'

    Source: Keras API, callbacks/early_stopping. A NaN is never the best value here; in Keras one in the first epoch
        stays so.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0,
        patience: int = 0,
        verbose: int = 0,
        mode: str = "auto",
        baseline: float | None = None,
        restore_best_weights: bool = False,
        start_from_epoch: int = 0,
    ) -> None:
        super().__init__(monitor, mode, min_delta)
        self.patience = patience
        self.verbose = verbose
        self.baseline = baseline
        self.restore_best_weights = restore_best_weights
        self.start_from_epoch = start_from_epoch
        self._forget()

    def state_dict(self) -> dict[str, Any]:
        return {name: vars(self)[name] for name in ("wait", "stopped_epoch", "best", "best_epoch", "best_weights")}

    def _check_state_dict(self, state_dict: Any) -> None:
        super()._check_state_dict(state_dict)
        kept = state_dict.get("best_weights")
        if kept is None:
            return
        own = [tuple(weight.shape) for weight in self.model.weights]
        is_right = isinstance(kept, list) and all(isinstance(w, np.ndarray) and w.dtype.kind in "biufc" for w in kept)
        if not is_right or [weight.shape for weight in kept] != own:
            raise FileContentError("The best weights of EarlyStopping are those of another model.")

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self._forget()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        self.find_direction()
        current = self.get_monitor_value(logs)
        if current is None or epoch < self.start_from_epoch:
            return
        if self.restore_best_weights and self.best_weights is None:
            self._keep_weights(epoch)
        self.wait = self.wait + 1  # type: ignore[has-type]
        if self.is_improvement(current, self.best):
            self.best = current
            self.best_epoch = epoch
            if self.restore_best_weights:
                self._keep_weights(epoch)
            if self.baseline is None or self.is_improvement(current, self.baseline):
                self.wait = 0
            return
        if self.wait >= self.patience and epoch > 0:
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def on_train_end(self, logs: Logs | None = None) -> None:
        if self.stopped_epoch > 0 and self.verbose > 0:
            write_message(f"Epoch {self.stopped_epoch + 1}: early stopping")
        if self.restore_best_weights and self.best_weights is not None:
            if self.verbose > 0:
                write_message(f"Restoring model weights from the end of the best epoch: {self.best_epoch + 1}.")
            self.model.set_weights(self.best_weights)

    def _forget(self) -> None:
        self.wait = 0
        self.stopped_epoch = 0
        self.best = None
        self.best_epoch = 0
        self.best_weights: Any = None

    def _keep_weights(self, epoch: int) -> None:
        self.best_weights = copy.deepcopy(self.model.get_weights())  # they may be views of the parameters
        self.best_epoch = epoch
