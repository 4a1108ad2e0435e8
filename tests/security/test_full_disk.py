"""A disk that fills up ends in a clear error: the process lives, the older file is whole, nothing is left behind.

All 27 levels, and a real small file system: see `full_disk.py`, which can be run by itself.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LEVELS = 6
FORMATS = (
    "keras",
    "folder",
    "legacy",
    "weights",
    "shards",
    "editor",
    "program",
    "backup",
    "checkpoint",
    "steps",
    "csv",
)

pytest.importorskip("resource", reason="sizes of files cannot be limited")


def start(*arguments):
    command = [sys.executable, "tests/security/full_disk.py", "--levels", str(LEVELS), *arguments]
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )


@pytest.fixture(scope="module")
def saves():
    """What came of each save, by format; of all formats in one process, which none of them may end."""
    done = start()
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return done, {name: [line for line in lines if line["format"] == name] for name in FORMATS}


@pytest.mark.slow
def test_the_process_survives(saves):
    done, _ = saves
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.slow
@pytest.mark.parametrize("name", FORMATS)
def test_the_older_file_stays_and_the_error_is_clear(saves, name):
    lines = saves[1][name]
    assert len(lines) == LEVELS + 1
    for line in lines[:-1]:
        assert line["error"] is not None and line["is_clear"] and line["is_unchanged"], line
    assert lines[-1]["is_same"] and not lines[-1]["left"]
