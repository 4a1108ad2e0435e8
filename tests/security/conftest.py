"""Attacks run in an empty folder, beside a file that must stay as it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest


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
