"""`LearningRateScheduler`: a learning rate for every epoch."""

from __future__ import annotations

import inspect
from collections.abc import Callable

import numpy as np

from torchkeras_compat.callbacks.base import Callback, Logs
from torchkeras_compat.callbacks.console import write_message
from torchkeras_compat.callbacks.learning_rate import (
    get_learning_rate,
    log_learning_rates,
    optimizers_with_rates,
    set_learning_rate,
)


class LearningRateScheduler(Callback):
    """Sets the learning rate when an epoch begins; it gets into the logs as ``learning_rate``.

    Args:
        schedule: ``f(epoch, rate)`` or ``f(epoch)``, with epochs from 0, that returns the new rate.
        verbose: 1 to say so.

    Raises:
        TypeError: ``schedule`` cannot be called; the optimizer follows a schedule of its own.
        ValueError: ``schedule`` returned no number; the model has no optimizer.

    Example:
        >>> LearningRateScheduler(lambda epoch, rate: rate if epoch < 10 else 0.9 * rate).verbose
        0

    Source: Keras API, callbacks/learning_rate_scheduler.
    """

    def __init__(self, schedule: Callable[..., float], verbose: int = 0) -> None:
        if not callable(schedule):
            raise TypeError(
                f"`schedule` must be a function of the epoch. Received: {schedule!r} of type {type(schedule).__name__}"
            )
        self.schedule = schedule
        self.verbose = verbose

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        optimizers = optimizers_with_rates(self.model, type(self).__name__)
        for optimizer in optimizers:
            rate = self._scheduled(epoch, get_learning_rate(optimizer))
            if (
                isinstance(rate, bool)
                or not (np.isscalar(rate) or np.ndim(rate) == 0)
                or isinstance(rate, (str, bytes))
                or rate is None
            ):
                raise ValueError(
                    f"The `schedule` function must return a number, the new learning rate. Received: {rate!r} for epoch"
                    f" {epoch}"
                )
            set_learning_rate(optimizer, float(rate))
            if self.verbose > 0:
                which = f" {optimizer.name}" if len(optimizers) > 1 else ""
                write_message(
                    f"\nEpoch {epoch + 1}: LearningRateScheduler setting{which} learning rate to {float(rate)}."
                )

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if logs is not None:
            log_learning_rates(optimizers_with_rates(self.model, type(self).__name__), logs)

    def _scheduled(self, epoch: int, rate: float) -> float:
        try:
            inspect.signature(self.schedule).bind(epoch, rate)
        except (TypeError, ValueError):  # it takes no rate, or is a builtin without a signature
            return self.schedule(epoch)
        return self.schedule(epoch, rate)
