"""`ReduceLROnPlateau`: a smaller learning rate once a value stops getting better."""

from __future__ import annotations

from typing import Any

from torchkeras_compat.callbacks.base import Logs
from torchkeras_compat.callbacks.console import write_message
from torchkeras_compat.callbacks.learning_rate import (
    get_learning_rate,
    log_learning_rates,
    optimizers_with_rates,
    set_learning_rate,
)
from torchkeras_compat.callbacks.monitor import MonitorCallback


class ReduceLROnPlateau(MonitorCallback):
    """Multiplies the learning rate by ``factor`` when the watched value has not improved for ``patience`` epochs.

    The learning rate of every epoch gets into the logs as ``learning_rate``.

    Args:
        monitor: Name of the value in the logs.
        factor: ``new rate = factor * old rate``, below 1.
        patience: Epochs without improvement before a reduction.
        verbose: 1 to say when it reduces.
        mode: ``"min"``, ``"max"`` or ``"auto"``.
        min_delta: Smallest change that counts as better.
        cooldown: Epochs after a reduction in which nothing is counted.
        min_lr: Smallest learning rate.
        **kwargs: None is known.

    Raises:
        ValueError: ``factor`` is 1 or more; ``mode="auto"`` and nothing says which way the value should go.
        TypeError: an unknown argument; the optimizer follows a schedule (when it would be reduced).

    Example:
        >>> ReduceLROnPlateau(factor=0.2, patience=5).factor
        0.2

    Source: Keras API, callbacks/reduce_lr_on_plateau.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 10,
        verbose: int = 0,
        mode: str = "auto",
        min_delta: float = 1e-4,
        cooldown: int = 0,
        min_lr: float = 0.0,
        **kwargs: Any,
    ) -> None:
        if kwargs:
            raise TypeError(
                f"ReduceLROnPlateau got unknown arguments: {', '.join(kwargs)}. `epsilon` of Keras 1 is `min_delta` "
                "now."
            )
        if factor >= 1:
            raise ValueError(f"ReduceLROnPlateau needs a factor below 1, to reduce anything. Received: factor={factor}")
        super().__init__(monitor, mode, min_delta)
        self.factor = factor
        self.patience = patience
        self.verbose = verbose
        self.cooldown = cooldown
        self.min_lr = min_lr
        self._forget()

    def state_dict(self) -> dict[str, Any]:
        return {name: vars(self)[name] for name in ("best", "cooldown_counter", "wait")}

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self._forget()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        self.find_direction()
        logs = {} if logs is None else logs
        optimizers = optimizers_with_rates(self.model, type(self).__name__)
        current = self.get_monitor_value(logs)
        log_learning_rates(optimizers, logs)
        if current is None:
            return
        if self.in_cooldown():
            self.cooldown_counter -= 1
            self.wait = 0
        if self.is_improvement(current, self.best):
            self.best = current
            self.wait = 0
        elif not self.in_cooldown():
            self.wait += 1
            if self.wait >= self.patience:
                self._reduce(epoch, optimizers)

    def in_cooldown(self) -> bool:
        """Return whether a reduction was made less than ``cooldown`` epochs ago."""
        return self.cooldown_counter > 0

    def _reduce(self, epoch: int, optimizers: list[Any]) -> None:
        for optimizer in optimizers:
            rate = get_learning_rate(optimizer)
            if rate <= self.min_lr:
                continue
            new = max(rate * self.factor, self.min_lr)
            set_learning_rate(optimizer, new)
            if self.verbose > 0:
                which = f" {optimizer.name}" if len(optimizers) > 1 else ""
                write_message(f"\nEpoch {epoch + 1}: ReduceLROnPlateau reducing{which} learning rate to {new}.")
            self.cooldown_counter = self.cooldown
            self.wait = 0

    def _forget(self) -> None:
        self.best = None
        self.cooldown_counter = 0
        self.wait = 0
