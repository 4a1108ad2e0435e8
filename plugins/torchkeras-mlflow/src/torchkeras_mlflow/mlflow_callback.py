"""`MlflowCallback`: a training as a run of MLflow."""

from __future__ import annotations

import os
import warnings
import weakref
from collections.abc import Mapping
from typing import Any

import torch

from torchkeras_compat.callbacks import Callback
from torchkeras_mlflow.destination import Destination
from torchkeras_mlflow.logged_model import LoggedModel
from torchkeras_mlflow.measurements import as_metrics, learning_rates
from torchkeras_mlflow.parameters import parameters_of_training, sizes_of_model
from torchkeras_mlflow.tracked_run import TrackedRun

_logging: weakref.WeakKeyDictionary[Any, Any] = weakref.WeakKeyDictionary()


class MlflowCallback(Callback):
    """Logs a training to a run of MLflow: parameters, metrics, the summary of the model, and the model.

    The run that is active is used, and left open; else one is started, and ended as ``FINISHED``, as ``FAILED`` by an
    error, or as ``KILLED`` by Ctrl-C. The store is that of MLflow's settings, which is the file ``mlflow.db`` of the
    current folder where nothing else was chosen: no server is needed. Metrics have the names of the history, and
    ``learning_rate``, at the epoch as step. A training that goes on after an interruption, by ``BackupAndRestore``,
    goes on in its run. Of several processes of ``torch.distributed``, the first logs. Given to ``evaluate``, it logs
    ``test_loss`` and so on to the active run, to that of its last training, or to a new one.

    Args:
        run: A run of MLflow, or its id, to log to.
        log_every_epoch: Whether to log the metrics of each epoch.
        log_every_n_steps: Steps between two logs of the training so far, as ``batch_loss`` and so on; None for none.
            Only in these steps are the logs read from the device.
        experiment_name: Experiment of a new run, made if there is none; None for MLflow's.
        tracking_uri: Store to use while training, such as ``"sqlite:///runs.db"``; None for MLflow's.
        artifact_location: Where an experiment that is made keeps its files, a folder or URI; None for MLflow's choice.
        run_name: Name of a new run; None for one that MLflow makes up.
        tags: Names and values to add to the run.
        nested: Whether to start a run within the active one.
        log_models: ``"last"`` (or True) to log the model at the end; ``"best"`` to log that of the best epoch, whose
            file ``checkpoints/best.keras`` is among the artifacts from that epoch on; False for none.
        monitor: Value of the logs that says which epoch is the best; None for ``val_loss``, or ``loss`` without
            validation.
        mode: ``"min"``, ``"max"``, or ``"auto"``, as in ``ModelCheckpoint``.
        model_name: Name of the model in the run.
        registered_model_name: Registered model to add the logged one to as a version; None for none.
        signature: See :func:`torchkeras_mlflow.log_model`.
        input_example: See there.

    Raises:
        TypeError: ``run`` is neither a run nor an id; ``tags`` is not a dict.
        ValueError: an argument is none of these, or contradicts another; when training begins, another run is active
            than the one asked for.

    Attributes:
        run_id: Id of the run of this training, or the last one; None before.
        model_info: What MLflow says of the model that was logged last; None before.

    Example:
        >>> MlflowCallback(log_every_n_steps=100, log_models="best").run_id is None
        True
    """

    def __init__(
        self,
        run: Any = None,
        log_every_epoch: bool = True,
        log_every_n_steps: int | None = None,
        *,
        experiment_name: str | None = None,
        tracking_uri: str | os.PathLike[str] | None = None,
        artifact_location: str | None = None,
        run_name: str | None = None,
        tags: Mapping[str, str] | None = None,
        nested: bool = False,
        log_models: str | bool | None = False,
        monitor: str | None = None,
        mode: str = "auto",
        model_name: str = "model",
        registered_model_name: str | None = None,
        signature: Any = None,
        input_example: Any = None,
    ) -> None:
        super().__init__()
        n = log_every_n_steps
        if n is not None and (isinstance(n, bool) or not isinstance(n, int) or n < 1):
            raise ValueError(f"`log_every_n_steps` is a positive number of steps. Received: log_every_n_steps={n!r}")
        if not log_every_epoch and n is None:
            raise ValueError(
                "No metrics would be logged. Received: log_every_epoch=False, log_every_n_steps=None. Set one of them."
            )
        self.log_every_epoch = log_every_epoch
        self.log_every_n_steps = n
        self.run_id: str | None = None
        self._destination = Destination.checked(
            run,
            tracking_uri,
            tags,
            experiment_name=experiment_name,
            artifact_location=artifact_location,
            run_name=run_name,
            nested=nested,
        )
        self._logged_model = LoggedModel.checked(
            log_models,
            monitor=monitor,
            mode=mode,
            name=model_name,
            registered_model_name=registered_model_name,
            signature=signature,
            input_example=input_example,
        )
        self._run: TrackedRun | None = None
        self._epoch = 0
        self._steps = self._steps_before_epoch = 0
        self._knows_sizes = False

    @property
    def model_info(self) -> Any:
        return self._logged_model.info

    def on_train_begin(self, logs: Any = None) -> None:
        if not _is_first_process():
            return
        self._epoch = self._steps = self._steps_before_epoch = 0
        self._knows_sizes = False
        self._run = TrackedRun(self._destination)
        self.run_id = self._run.run_id
        _logging[self.model] = self
        self._logged_model.begin(self.model)
        if self.log_every_n_steps is not None:
            self.on_train_batch_end = self._count_step  # type: ignore[method-assign]
        self._describe()

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._epoch = epoch
        self._steps_before_epoch = self._steps

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if self._run is None:
            return
        if not self._knows_sizes:
            self._describe()
        if self.log_every_epoch:
            self._log({**learning_rates(self.model), **(logs or {})}, epoch)
        self._logged_model.end_epoch(self._run, epoch, logs or {})

    def on_train_end(self, logs: Any = None) -> None:
        if self._run is not None:
            self._logged_model.log(self._run, self._epoch)
            self._end("FINISHED")

    def on_exception(self, error: BaseException) -> None:
        if self._run is not None:
            try:
                self._logged_model.log_best(self._run)
            finally:
                self._end("KILLED" if isinstance(error, (KeyboardInterrupt, SystemExit)) else "FAILED")

    def on_test_end(self, logs: Any = None) -> None:
        if self._run is None and logs and _is_first_process() and self.model not in _logging:
            self._log_evaluation(logs)

    def state_dict(self) -> dict[str, Any]:
        if self._run is None:
            return {}
        steps = {"steps": self._steps, "steps_before_epoch": self._steps_before_epoch}
        return {"run_id": self.run_id, **steps, **self._logged_model.state_dict()}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        if self._run is None or not state_dict:
            return
        self._run.go_on_with(state_dict["run_id"])
        self.run_id = self._run.run_id
        self._steps = state_dict["steps"]
        self._steps_before_epoch = state_dict["steps_before_epoch"]
        self._logged_model.load_state_dict(state_dict, state_dict["run_id"])
        self._describe()

    def _count_step(self, batch: int, logs: Any = None) -> None:
        every, before = self.log_every_n_steps, self._steps
        # `batch` is the last of several steps with `steps_per_execution`.
        self._steps = self._steps_before_epoch + batch + 1
        if self._steps // every > before // every:
            self._log(logs or {}, self._steps, "batch_")

    def _describe(self) -> None:
        """Log the parameters, and what the model is like if it is built."""
        params = parameters_of_training(self.model, self.params or {})
        if self.model.built:
            self._knows_sizes = True
            params |= sizes_of_model(self.model)
            summary: list[str] = []
            self.model.summary(print_fn=summary.append)
            self._run.client.log_text(self._run.run_id, "\n".join(summary), "model_summary.txt")
        self._run.log_params(params)

    def _log(self, logs: Mapping[str, Any], step: int, prefix: str = "") -> None:
        from mlflow.exceptions import MlflowException

        metrics = as_metrics(logs, step, prefix)
        try:
            self._run.log_metrics(metrics)
        except MlflowException as error:  # a store that is locked or full is not a reason to lose the training
            warnings.warn(
                f"Metrics of step {step} were not logged to run {self.run_id}, and training goes on: {error}",
                stacklevel=2,
            )

    def _log_evaluation(self, logs: Mapping[str, Any]) -> None:
        import mlflow

        metrics = as_metrics(logs, self._epoch, "test_")
        active = mlflow.active_run()
        if active is not None or self.run_id is None:
            run = TrackedRun(self._destination)
            run.log_metrics(metrics)
            run.end("FINISHED")
        else:  # as it has ended, it is not started again
            mlflow.MlflowClient(self._destination.tracking_uri).log_batch(self.run_id, metrics=metrics)

    def _end(self, status: str) -> None:
        run, self._run = self._run, None
        _logging.pop(self.model, None)
        vars(self).pop("on_train_batch_end", None)
        run.end(status)


def is_logged(model: Any) -> bool:
    """Return whether a callback logs the training that a model is in."""
    return model in _logging


def _is_first_process() -> bool:
    distributed = torch.distributed
    return not (distributed.is_available() and distributed.is_initialized()) or distributed.get_rank() == 0
