"""What torchkeras_compat finds here: the hooks of the plugin."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from torchkeras_mlflow import autologging, training_settings
from torchkeras_mlflow.mlflow_callback import MlflowCallback
from torchkeras_mlflow.runs_command import add_arguments


def torchkeras_callbacks() -> dict[str, type]:
    return {"MlflowCallback": MlflowCallback}


def torchkeras_train_callbacks(model: Any) -> list[MlflowCallback]:
    return autologging.callbacks()


def torchkeras_before_train(model: Any, settings: Mapping[str, Any]) -> None:
    training_settings.keep(model, settings)


def torchkeras_after_train(model: Any) -> None:
    training_settings.forget(model)


def torchkeras_commands() -> dict[str, Callable[[Any], None]]:
    return {"mlflow": add_arguments}


def torchkeras_examples() -> dict[str, dict[str, Any]]:
    import atexit
    import shutil
    import tempfile
    from pathlib import Path

    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    store = {
        "tracking_uri": f"sqlite:///{folder.as_posix()}/mlflow.db",
        "experiment_name": "checks",
        "artifact_location": (folder / "artifacts").as_uri(),
    }
    return {"MlflowCallback": {"arguments": {**store, "log_every_n_steps": 1, "log_models": "last"}}}
