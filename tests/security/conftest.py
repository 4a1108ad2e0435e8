"""Files of a small model in every format, and a process that reads what was made of them."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

_WORKER = Path(__file__).parent / "worker.py"


@pytest.fixture(scope="session")
def base_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one model as `a.keras`, `a.h5`, `a.weights.h5`, `folder`, `a.weights.json` and `a.json`."""
    spec = importlib.util.spec_from_file_location("worker", _WORKER)
    assert spec is not None and spec.loader is not None
    worker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(worker)
    model, folder = worker.base_model(), tmp_path_factory.mktemp("base")
    model.save(folder / "a.keras")
    model.save(folder / "a.h5")
    model.save(folder / "folder", zipped=False)
    model.save_weights(folder / "a.weights.h5")
    model.save_weights(folder / "s.weights.json", max_shard_size=3e-7)
    (folder / "a.json").write_text(model.to_json())
    return folder


@pytest.fixture(scope="session")
def read() -> Iterator[Callable[[str, Path], dict[str, Any]]]:
    """Return what comes of reading a file in a process of its own: ``read("load_model", path)``."""
    process = subprocess.Popen([sys.executable, _WORKER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None and process.stdout is not None
    assert json.loads(process.stdout.readline()) == "ready"

    def ask(action: str, path: Path) -> dict[str, Any]:
        assert process.stdin is not None and process.stdout is not None
        print(json.dumps({"action": action, "path": str(path)}), file=process.stdin, flush=True)
        answer = process.stdout.readline()
        assert answer, f"the process died of {action} {path}, with status {process.wait()}"
        found: dict[str, Any] = json.loads(answer)
        return found

    yield ask
    process.stdin.close()
    process.stdout.close()
    process.wait(timeout=60)
