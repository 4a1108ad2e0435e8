"""`ModelCheckpoint`: the model, or its weights, saved while it trains."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from torchkeras_compat.callbacks.base import Logs
from torchkeras_compat.callbacks.console import write_message
from torchkeras_compat.callbacks.monitor import MonitorCallback
from torchkeras_compat.user_warnings import warn_user


class ModelCheckpoint(MonitorCallback):
    """Saves the model or its weights at the end of epochs, or every so many steps.

    Args:
        filepath: Where to; may hold fields: ``{epoch}`` and ``{batch}`` (from 1) and every name in the logs, as in
            ``"{epoch:02d}-{val_loss:.2f}.keras"``. Folders are made. Ends in ``.keras`` (or ``.h5``), or in
            ``.weights.h5`` or ``.safetensors`` with ``save_weights_only``.
        monitor: Name of the value in the logs for ``save_best_only``.
        verbose: 1 to say what is saved.
        save_best_only: Whether to save only when the value improved.
        save_weights_only: Whether to call ``model.save_weights`` instead of ``model.save``.
        mode: ``"min"``, ``"max"`` or ``"auto"``.
        save_freq: ``"epoch"``, or a number of steps, counted through the epochs.
        initial_value_threshold: Value that has to be beaten to save for the first time; None for none.

    Raises:
        ValueError: ``filepath`` ends otherwise, ``save_freq`` is neither; ``mode="auto"`` and nothing says which way
            the value should go.
        KeyError: ``filepath`` has a field that the logs lack, when it is saved.

    Example:
        >>> ModelCheckpoint("best.keras", monitor="val_accuracy", save_best_only=True).save_freq
        'epoch'

    Source: Keras API, callbacks/model_checkpoint.
    """

    def __init__(
        self,
        filepath: str | os.PathLike[str],
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        save_weights_only: bool = False,
        mode: str = "auto",
        save_freq: str | int = "epoch",
        initial_value_threshold: float | None = None,
    ) -> None:
        super().__init__(monitor, mode)
        self.filepath = os.fspath(filepath)
        self.verbose = verbose
        self.save_best_only = save_best_only
        self.save_weights_only = save_weights_only
        self.save_freq = save_freq
        self.best = initial_value_threshold
        self._epoch = 0
        self._steps = 0
        self._last_batch = -1
        if save_freq != "epoch" and (isinstance(save_freq, bool) or not isinstance(save_freq, int) or save_freq < 1):
            raise ValueError(f"Unrecognized save_freq: {save_freq!r}. Use 'epoch' or a positive number of steps.")
        if save_weights_only and not self.filepath.endswith((".weights.h5", ".safetensors")):
            raise ValueError(
                "With `save_weights_only=True` the filepath must end in `.weights.h5` or `.safetensors`. "
                f"Received: filepath={self.filepath!r}. Rename it, or leave out `save_weights_only`."
            )
        if not save_weights_only and not self.filepath.endswith((".keras", ".h5")):
            raise ValueError(
                f"The filepath of a whole model must end in `.keras`. Received: filepath={self.filepath!r}"
            )

    def _idle_hooks(self) -> set[str]:
        return {"on_train_batch_end"} if self.save_freq == "epoch" else set()

    def state_dict(self) -> dict[str, Any]:
        return {name: vars(self)[name] for name in ("best", "_steps")}

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        if self.save_freq == "epoch":
            return
        # `batch` is the last of several steps with `steps_per_execution`, and small again in a new epoch.
        self._steps += batch - self._last_batch if batch > self._last_batch else batch + 1
        self._last_batch = batch
        if self._steps >= int(self.save_freq):
            self._steps = 0
            self._save(logs, epoch=self._epoch, batch=batch)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if self.save_freq == "epoch":
            self._save(logs, epoch=epoch)

    def _save(self, logs: Logs | None, epoch: int, batch: int | None = None) -> None:
        logs = logs or {}
        path = self._path(logs, epoch, batch)
        before = self.best
        if not self._should_save(logs, epoch):
            return
        if self.verbose > 0:
            why = (
                f"{self.monitor} improved from {_number(before)} to {_number(self.best)}, "
                if self.best is not before
                else ""
            )
            write_message(f"\nEpoch {epoch + 1}: {why}saving model to {path}")
        folder = Path(path).parent
        folder.mkdir(parents=True, exist_ok=True)
        if self.save_weights_only:
            self.model.save_weights(path, overwrite=True)
        else:
            self.model.save(path, overwrite=True)
        if self.verbose > 0:
            write_message(f"\nEpoch {epoch + 1}: finished saving model to {path}")

    def _should_save(self, logs: Logs, epoch: int) -> bool:
        """Whether to save now; takes note of a new best value."""
        if not self.save_best_only:
            return True
        self.find_direction()
        current = logs.get(self.monitor)
        if current is None or np.ndim(current) > 0:
            warn_user(
                f"ModelCheckpoint saves without asking whether it is the best: `{self.monitor}` is "
                f"{'not available' if current is None else 'no single number'}. Available: "
                f"{', '.join(logs) or 'none'}."
            )
            return True
        if self.is_improvement(current, self.best):
            self.best = current
            return True
        if self.verbose > 0:
            write_message(f"\nEpoch {epoch + 1}: {self.monitor} did not improve from {_number(self.best)}")
        return False

    def _path(self, logs: Logs, epoch: int, batch: int | None) -> str:
        fields: dict[str, Any] = {**logs, "epoch": epoch + 1}
        if batch is not None:
            fields["batch"] = batch + 1
        try:
            return self.filepath.format(**fields)
        except KeyError as error:
            raise KeyError(
                f"The filepath {self.filepath!r} has the field {error}, which the logs lack. Available: "
                f"{', '.join(fields)}."
            ) from error


def _number(value: float | None) -> str:
    return "None" if value is None else f"{value:.5f}"
