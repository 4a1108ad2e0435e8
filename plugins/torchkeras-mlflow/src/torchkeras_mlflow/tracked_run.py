"""The run of MLflow that a training is logged to."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from typing import Any

from torchkeras_mlflow.destination import Destination

RESUMED_FROM = "torchkeras.resumed_from"


class TrackedRun:
    """A run while it is logged to: the one that is active, or one of our own, which we also end.

    Args:
        destination: Where to log.

    Raises:
        ValueError: another run is active than the one that ``destination`` asks for.
    """

    def __init__(self, destination: Destination) -> None:
        import mlflow

        self._destination = destination
        self._uri_before = mlflow.get_tracking_uri() if mlflow.is_tracking_uri_set() else None
        active = mlflow.active_run()
        if active is not None:
            destination.check_active(active)
        if destination.tracking_uri is not None:
            mlflow.set_tracking_uri(destination.tracking_uri)
        self.client = mlflow.MlflowClient()
        try:
            self.is_own = active is None or destination.nested
            self.run_id: str = self._start(destination.run_id) if self.is_own else active.info.run_id
            for name, value in (destination.tags or {}).items() if not self.is_own else ():
                self.client.set_tag(self.run_id, name, value)
        except BaseException:
            self._reset_uri()
            raise

    def go_on_with(self, run_id: str) -> None:
        """Log to the run of a training that was interrupted, if this run is one that has just been started for it."""
        from mlflow.exceptions import MlflowException

        if run_id == self.run_id:
            return
        if not self.is_own or self._destination.run_id is not None:  # the user has said which run it is
            self.client.set_tag(self.run_id, RESUMED_FROM, run_id)
            return
        try:
            is_there = self.client.get_run(run_id).info.lifecycle_stage == "active"
        except MlflowException:
            is_there = False
        if not is_there:
            warnings.warn(
                f"The interrupted training was logged to run {run_id}, which is not in this store; it goes on in run "
                f"{self.run_id}. Give the `tracking_uri` of the first training to keep them together.",
                stacklevel=2,
            )
            self.client.set_tag(self.run_id, RESUMED_FROM, run_id)
            return
        started = self.run_id
        self._end("KILLED")
        self.client.delete_run(started)
        self.run_id = self._start(run_id)

    def log_params(self, params: Mapping[str, str]) -> None:
        """Log parameters; MLflow keeps the first value of each, and a warning names those that have another one."""
        from mlflow.entities import Param

        known = self.client.get_run(self.run_id).data.params
        others = sorted(name for name in params.keys() & known.keys() if params[name] != known[name])
        if others:
            shown = ", ".join(f"{name}={known[name]} (now {params[name]})" for name in others)
            warnings.warn(
                f"Run {self.run_id} was logged to before, and parameters of a run do not change: {shown}. Give each "
                "training a run of its own, with `nested=True` within the active one.",
                stacklevel=2,
            )
        new = [Param(name, value) for name, value in params.items() if name not in known]
        for first in range(0, len(new), 100):  # the most that MLflow takes at once
            self.client.log_batch(self.run_id, params=new[first : first + 100])

    def log_metrics(self, metrics: Iterable[Any]) -> None:
        """Log metrics of MLflow."""
        self.client.log_batch(self.run_id, metrics=list(metrics))

    def end(self, status: str) -> None:
        """End the run, if it is our own, as ``"FINISHED"``, ``"FAILED"`` or ``"KILLED"``."""
        try:
            if self.is_own:
                self._end(status)
        finally:
            self._reset_uri()

    def _start(self, run_id: str | None) -> str:
        import mlflow

        where = self._destination
        experiment = None if run_id else where.experiment_id(self.client)
        name = None if run_id else where.run_name
        run = mlflow.start_run(
            run_id=run_id, experiment_id=experiment, run_name=name, nested=where.nested, tags=where.tags
        )
        return run.info.run_id

    def _end(self, status: str) -> None:
        import mlflow

        active = mlflow.active_run()
        if active is not None and active.info.run_id == self.run_id:
            mlflow.end_run(status)
        else:  # the user has started another one meanwhile, or ended this one
            self.client.set_terminated(self.run_id, status)

    def _reset_uri(self) -> None:
        if self._destination.tracking_uri is not None:
            import mlflow

            mlflow.set_tracking_uri(self._uri_before)
