"""A store of its own for every test, and no network."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import torchkeras_compat as keras
from torchkeras_compat.plugins import isolated_plugins

# Where the plugin is not installed, its tests are left out.
collect_ignore_glob = [] if importlib.util.find_spec("torchkeras_mlflow") else ["test_*.py"]
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of MLflow without runs: making one takes two seconds, copying it nothing."""
    import mlflow

    file = tmp_path_factory.mktemp("store") / "mlflow.db"
    before = mlflow.get_tracking_uri() if mlflow.is_tracking_uri_set() else None
    mlflow.set_tracking_uri(f"sqlite:///{file}")
    mlflow.search_experiments()
    mlflow.set_tracking_uri(before)
    return file


@pytest.fixture
def store(empty_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """MLflow set to an empty store in the folder of the test, which is the current one; nothing may be sent."""
    import mlflow

    def refused(self: Any, address: Any) -> None:
        raise AssertionError(f"a connection to {address!r}")

    monkeypatch.setattr(socket.socket, "connect", refused)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TORCHKERAS_PLUGINS", "mlflow")
    monkeypatch.delenv("TORCHKERAS_MLFLOW_AUTOLOG", raising=False)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    shutil.copy(empty_store, tmp_path / "mlflow.db")
    mlflow.set_tracking_uri(f"sqlite:///{tmp_path / 'mlflow.db'}")
    mlflow.set_experiment("tests")
    keras.utils.set_random_seed(0)
    with isolated_plugins(discover=True):
        yield mlflow.get_tracking_uri()
    while mlflow.active_run() is not None:
        mlflow.end_run()
    mlflow.set_tracking_uri(None)


@pytest.fixture
def data() -> tuple[np.ndarray, np.ndarray]:
    """Twenty samples of four features, and a target."""
    x = np.random.RandomState(0).normal(size=(20, 4)).astype("float32")
    return x, x.sum(1, keepdims=True)


@pytest.fixture
def model() -> Any:
    """A small compiled model."""
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, "tanh"), keras.layers.Dense(1)], name="small")
    model.compile(keras.optimizers.Adam(0.01), "mse", metrics=["mae"])
    return model
