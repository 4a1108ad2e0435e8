"""`ModelCheckpoint` with files of any name, and a period in epochs."""

from __future__ import annotations

import os
from typing import Any

from torchkeras_compat.callbacks.base import Logs
from torchkeras_compat.callbacks.model_checkpoint import ModelCheckpoint as CoreModelCheckpoint


class ModelCheckpoint(CoreModelCheckpoint):
    """Saves the model or its weights at the end of epochs, under any name: ``"weights.hdf5"``, ``"cp.ckpt"``.

    Args:
        filepath: Where to, with fields as in `callbacks.ModelCheckpoint`; the model's own ``save`` and ``save_weights``
            say which names they take.
        monitor: Name of the value in the logs for ``save_best_only``.
        verbose: 1 to say what is saved.
        save_best_only: Whether to save only when the value improved.
        save_weights_only: Whether to call ``model.save_weights`` instead of ``model.save``.
        mode: ``"min"``, ``"max"`` or ``"auto"``.
        period: Epochs from one file to the next.
        save_freq: ``"epoch"``, or a number of steps, counted through the epochs.
        initial_value_threshold: Value that has to be beaten to save for the first time; None for none.

    Raises:
        ValueError: ``period`` is not a positive number of epochs, or ``save_freq`` is neither.

    Example:
        >>> ModelCheckpoint("best.hdf5", period=5).period
        5

    Source: Keras 2.2, callbacks/ModelCheckpoint.
    """

    def __init__(
        self,
        filepath: str | os.PathLike[str],
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        save_weights_only: bool = False,
        mode: str = "auto",
        period: int = 1,
        save_freq: str | int = "epoch",
        initial_value_threshold: float | None = None,
        options: Any = None,
    ) -> None:
        if isinstance(period, bool) or not isinstance(period, int) or period < 1:
            raise ValueError(f"`period` is a positive number of epochs. Received: period={period!r}")
        super().__init__(
            "any.weights.h5" if save_weights_only else "any.keras",
            monitor,
            verbose,
            save_best_only,
            save_weights_only,
            mode,
            save_freq,
            initial_value_threshold,
        )
        self.filepath = os.fspath(filepath)
        self.period = period
        self._epochs_since = 0

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        self._epochs_since += 1
        if self._epochs_since >= self.period:
            self._epochs_since = 0
            super().on_epoch_end(epoch, logs)
