"""200 mutated files of every format, and the tool that makes more of them: `python -m tests.security.mutated_files`."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

_spec = importlib.util.spec_from_file_location("mutated_files", Path(__file__).with_name("mutated_files.py"))
mutated_files: Any = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(mutated_files)

COUNT, BATCH = 200, 20


@pytest.fixture(scope="module")
def worker() -> Iterator[Any]:
    found = mutated_files.Worker()
    yield found
    found.close()


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, COUNT, BATCH))
def test_mutated_files_load_or_are_refused_as_documented(first, base_files, worker):
    faults = [
        f"{label}: {fault}"
        for number in range(first, first + BATCH)
        for label, _, fault in mutated_files.try_one(number, base_files, worker)
        if fault is not None
    ]
    assert not faults


def test_mutations_are_the_same_in_every_run(base_files, tmp_path):
    for name, (_, make) in mutated_files.KINDS.items():
        if name in ("keras-config", "keras-metadata", "keras-weights", "folder", "shards", "h5-config"):
            continue  # several files, or files with times in them
        found = []
        for i in range(2):
            (tmp_path / f"{name}{i}").mkdir()
            path = make(base_files, tmp_path / f"{name}{i}", mutated_files.random.Random(7))
            found.append(path.read_bytes())
        assert found[0] == found[1]


@pytest.mark.parametrize(
    "found",
    [
        {"died": -11},
        {"kinds": ["KeyError"], "message": "a", "seconds": 0, "mib": 0},
        {"kinds": ["AssertionError"], "message": "half loaded", "seconds": 0, "mib": 0},
        {"kinds": ["ValueError"], "message": "a", "seconds": 0, "mib": 0},
        {"kinds": [], "message": "loaded", "seconds": 25, "mib": 0},
        {"kinds": [], "message": "loaded", "seconds": 0, "mib": 500},
    ],
)
def test_what_is_not_documented_is_a_fault(found):
    assert mutated_files.faults_of("keras", found) is not None
