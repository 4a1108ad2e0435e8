"""A cache of its own for each test, and no network."""

from __future__ import annotations

import importlib
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from torchkeras_compat import config
from torchkeras_compat.datasets.samples import switch


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder ``datasets`` of an empty cache; only ``file:`` URLs can be opened."""
    opened = urllib.request.urlopen

    def urlopen(request: Any, *args: Any, **kwargs: Any) -> Any:
        if not request.full_url.startswith("file:"):
            raise urllib.error.URLError("no network")
        return opened(request, *args, **kwargs)

    monkeypatch.setattr(urllib.request, "urlopen", urlopen)
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "home"))
    for variable in ("TORCHKERAS_SAMPLE_DATA", "TORCHKERAS_DATASETS"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(switch, "_announced", set())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(config, "is_interactive_logging_enabled", lambda: False)
    folder = tmp_path / "home" / "datasets"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def samples(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sample data are asked for."""
    monkeypatch.setenv("TORCHKERAS_SAMPLE_DATA", "1")


@pytest.fixture
def keras_loads(real_keras: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """``keras_loads("imdb", path, **arguments)``: what real Keras makes of a file, which it takes for its own."""

    def load(dataset: str, path: Path, **arguments: Any) -> Any:
        module = importlib.import_module(f"keras.src.datasets.{dataset}")
        monkeypatch.setattr(module, "get_file", lambda *_, **__: str(path))
        return module.load_data(**arguments)

    return load


@pytest.fixture
def serve(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """``serve(module, path)``: the network has this file in the place of the module's, with its hash."""
    from dataclasses import replace

    from torchkeras_compat.data.checksum import hash_of_file

    def put(module: Any, path: Path, name: str = "_FILE") -> None:
        file = replace(getattr(module, name), origin=path.as_uri(), file_hash=hash_of_file(path))
        monkeypatch.setattr(module, name, file)

    return put
