"""The model that a training logs: the last one, or that of the best epoch."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torchkeras_compat.callbacks import ModelCheckpoint
from torchkeras_mlflow.flavor import log_model
from torchkeras_mlflow.tracked_run import TrackedRun

FOLDER, FILE = "checkpoints", "best.keras"


class LoggedModel:
    """What to log of a model and when; see :class:`torchkeras_mlflow.MlflowCallback` for the arguments."""

    def __init__(self, which: str | None, monitor: str | None, mode: str, **options: Any) -> None:
        self.which = which
        self.monitor = monitor
        self.mode = mode
        self.options = options
        self.info: Any = None
        self._model: Any = None
        self._best: float | None = None
        self._best_epoch: int | None = None
        self._kept_in: str | None = None  # run whose artifacts have the file

    @classmethod
    def checked(cls, log_models: Any, *, monitor: Any, mode: Any, **options: Any) -> LoggedModel:
        """Return it for the arguments of a user.

        Raises:
            ValueError: one is not what it may be.
        """
        which = {True: "last", False: None}.get(log_models, log_models) if isinstance(log_models, bool) else log_models
        if which not in (None, "last", "best"):
            raise ValueError(f"`log_models` is 'last', 'best' or False. Received: log_models={log_models!r}")
        if mode not in ("auto", "min", "max"):
            raise ValueError(f"`mode` is 'auto', 'min' or 'max'. Received: mode={mode!r}")
        if which != "best" and monitor is not None:
            raise ValueError(
                f"`monitor` says which model is the best one. Received: monitor={monitor!r}, log_models={log_models!r}."
                " Pass log_models='best', or leave it out."
            )
        if which is None and options["registered_model_name"] is not None:
            raise ValueError(
                f"No model is logged that could be registered. Received: log_models={log_models!r}, "
                f"registered_model_name={options['registered_model_name']!r}. Pass log_models='last' or 'best'."
            )
        return cls(which, monitor, mode, **options)

    def begin(self, model: Any) -> None:
        """Take the model, and forget the best of another training."""
        self._model = model
        self._best = self._best_epoch = self._kept_in = None

    def end_epoch(self, run: TrackedRun, epoch: int, logs: Mapping[str, Any]) -> None:
        """Put the model among the artifacts, if it is the best so far."""
        if self.which != "best":
            return
        monitor = self.monitor or ("val_loss" if "val_loss" in logs else "loss")
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, FILE)
            checkpoint = ModelCheckpoint(
                file, monitor, save_best_only=True, mode=self.mode, initial_value_threshold=self._best
            )
            checkpoint.set_model(self._model)
            checkpoint.on_epoch_end(epoch, logs)
            if file.exists():
                run.client.log_artifact(run.run_id, str(file), FOLDER)
                self._best, self._best_epoch, self._kept_in = checkpoint.best, epoch, run.run_id

    def log(self, run: TrackedRun, epoch: int) -> None:
        """Log the model once training has ended; a model that cannot be saved is a warning, as all else is done."""
        if self.which == "last":
            self._log(self._model, run, epoch)
        self.log_best(run)

    def log_best(self, run: TrackedRun) -> None:
        """Log the model of the best epoch so far, if it was kept."""
        if self._kept_in is None:
            return
        with tempfile.TemporaryDirectory() as folder:
            file = run.client.download_artifacts(self._kept_in, f"{FOLDER}/{FILE}", folder)
            self._log(file, run, self._best_epoch or 0)

    def state_dict(self) -> dict[str, Any]:
        """Return the best so far, for a training that goes on."""
        return {} if self._kept_in is None else {"best": self._best, "best_epoch": self._best_epoch}

    def load_state_dict(self, state_dict: Mapping[str, Any], run_id: str) -> None:
        """Take the best so far back, from the run of the training that was interrupted."""
        if "best" in state_dict:
            self._best, self._best_epoch = state_dict["best"], state_dict["best_epoch"]
            self._kept_in = run_id

    def _log(self, model: Any, run: TrackedRun, epoch: int) -> None:
        try:
            self.info = log_model(model, **self.options, run_id=run.run_id, step=epoch)
        except Exception as error:
            warnings.warn(
                f"The model was not logged to run {run.run_id}: {type(error).__name__}: {error}", stacklevel=2
            )
