"""Where a training is logged: store, experiment, run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Destination:
    """Where to log; see :class:`torchkeras_mlflow.MlflowCallback` for the fields."""

    run_id: str | None = None
    experiment_name: str | None = None
    tracking_uri: str | None = None
    artifact_location: str | None = None
    run_name: str | None = None
    tags: Mapping[str, str] | None = None
    nested: bool = False

    @classmethod
    def checked(cls, run: Any, tracking_uri: Any, tags: Any, **fields: Any) -> Destination:
        """Return the destination that arguments of a user describe.

        Raises:
            TypeError: ``run`` is neither a run nor the id of one; ``tags`` is not a mapping.
            ValueError: arguments contradict each other.
        """
        run_id = getattr(getattr(run, "info", None), "run_id", run)
        if run_id is not None and (not isinstance(run_id, str) or not run_id):
            raise TypeError(f"`run` must be a run of MLflow or its id. Received: run={run!r} of type {_type(run)}")
        if tags is not None and not isinstance(tags, Mapping):
            raise TypeError(f"`tags` must be a dict of names and values. Received: tags={tags!r} of type {_type(tags)}")
        if run_id is not None:
            for name in ("experiment_name", "run_name", "artifact_location"):
                if fields[name] is not None:
                    raise ValueError(
                        f"`run` is a run that exists, so `{name}` cannot be chosen. Received: {name}={fields[name]!r}. "
                        "Leave out one of the two."
                    )
        if fields["artifact_location"] is not None and fields["experiment_name"] is None:
            raise ValueError(
                "`artifact_location` is that of an experiment. Received: artifact_location="
                f"{fields['artifact_location']!r} and no experiment. Give `experiment_name` too."
            )
        where = None if tracking_uri is None else str(tracking_uri)
        return cls(run_id=run_id, tracking_uri=where, tags=None if tags is None else dict(tags), **fields)

    def experiment_id(self, client: Any) -> str | None:
        """Return the id of the experiment, made if there is none of the name; None for that of MLflow's settings.

        Raises:
            ValueError: the experiment was deleted, or keeps its files in another place.
        """
        if self.experiment_name is None:
            return None
        found = client.get_experiment_by_name(self.experiment_name)
        if found is None:
            return client.create_experiment(self.experiment_name, artifact_location=self.artifact_location)
        if found.lifecycle_stage == "deleted":
            raise ValueError(
                f"The experiment {self.experiment_name!r} was deleted. Restore it with `MlflowClient()."
                f"restore_experiment({found.experiment_id!r})`, or choose another `experiment_name`."
            )
        if self.artifact_location is not None and found.artifact_location != self.artifact_location:
            raise ValueError(
                f"The experiment {self.experiment_name!r} keeps its files in {found.artifact_location!r}, and received "
                f"artifact_location={self.artifact_location!r}. Leave it out, or choose another `experiment_name`."
            )
        return found.experiment_id

    def check_active(self, active: Any) -> None:
        """Refuse an active run that is not the one asked for, or cannot hold the one asked for.

        Raises:
            ValueError: the store differs; unless ``nested``, run, experiment or name do.
        """
        import mlflow

        asked: dict[str, tuple[Any, Any]] = {"tracking_uri": (self.tracking_uri, mlflow.get_tracking_uri())}
        if not self.nested:
            asked["run"] = self.run_id, active.info.run_id
            asked["run_name"] = self.run_name, active.info.run_name
        if self.experiment_name is not None and not self.nested:
            experiment = mlflow.get_experiment(active.info.experiment_id)
            asked["experiment_name"] = self.experiment_name, experiment.name
        for name, (wanted, found) in asked.items():
            if wanted is not None and wanted != found:
                raise ValueError(
                    f"Run {active.info.run_id} is active, with {name} {found!r}, and received {name}={wanted!r}. End "
                    "it, leave out the argument, or pass `nested=True` for a run within it, in the same store."
                )


def _type(value: Any) -> str:
    return type(value).__name__
