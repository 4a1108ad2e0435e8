"""Training cut short for a trial run of a note: a limit of epochs, a few steps."""

from __future__ import annotations

import warnings
from typing import Any

from torchkeras_compat import config
from torchkeras_compat.callbacks.base import Callback, Logs
from torchkeras_compat.plugins import manager

STEPS = 5
_NAME = "torchkeras-compat run --quick"


class StopAfterSteps(Callback):
    """Ends `fit` after a number of steps.

    Args:
        steps: How many.

    Example:
        >>> StopAfterSteps(5).steps
        5
    """

    def __init__(self, steps: int) -> None:
        super().__init__()
        self.steps = steps

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        if batch + 1 >= self.steps:
            self.model.stop_training = True


class _Hooks:
    """A plugin whose callback goes into every `fit`."""

    def torchkeras_train_callbacks(self, model: Any) -> list[Callback]:
        return [StopAfterSteps(STEPS)]


class ShortTraining:
    """A context in which each `fit` trains for a few epochs, or a few steps.

    The code of the note is not changed: Keras's limit of epochs is set, and a plugin ends `fit` after the steps.
    `evaluate` and `predict` take all their data.

    Args:
        epochs: Largest number of epochs; None for no limit.
        quick: Whether to train one epoch of :data:`STEPS` steps.
    """

    def __init__(self, epochs: int | None = None, *, quick: bool = False) -> None:
        self._epochs = 1 if quick else epochs
        self._quick = quick
        self._before: int | None = None
        self._warnings = warnings.catch_warnings()

    def __enter__(self) -> ShortTraining:
        self._before = config.max_epochs()
        if self._epochs is not None:
            self._warnings.__enter__()
            warnings.filterwarnings("ignore", message="Limiting epochs")
            config.set_max_epochs(self._epochs)
        if self._quick:
            manager.register_plugin(_Hooks(), _NAME)
        return self

    def __exit__(self, *exc_info: object) -> None:
        if self._quick:
            manager.unregister_plugin(_NAME)
        if self._epochs is not None:
            config.set_max_epochs(self._before)
            self._warnings.__exit__(None, None, None)
