"""Attacks run in an empty folder; files of a small model in every format, and a process that reads them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

_WORKER = Path(__file__).parent / "worker.py"


@pytest.fixture
def victim(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty working folder with one file, which is checked at the end."""
    folder = tmp_path / "home"
    folder.mkdir()
    (folder / "precious.txt").write_text("precious")
    monkeypatch.chdir(folder)
    yield folder
    assert [p.name for p in folder.iterdir()] == ["precious.txt"]
    assert (folder / "precious.txt").read_text() == "precious"


@pytest.fixture(scope="session")
def base_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one model in every format, see `worker.save_base`."""
    folder = tmp_path_factory.mktemp("base")
    subprocess.run([sys.executable, _WORKER, "save", folder], check=True)
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
