from __future__ import annotations

import os

import pytest

from tests.benchmarks import __main__ as command


@pytest.fixture(autouse=True)
def processors_as_before(monkeypatch):
    for variable in ("OMP_NUM_THREADS", "NPROC", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
        monkeypatch.setenv(variable, "1")
    before = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else None
    yield
    if before is not None:
        os.sched_setaffinity(0, before)


@pytest.mark.slow
def test_a_page_is_written(tmp_path):
    page = tmp_path / "speed.md"
    given = ["--engines", "torch,ours", "--only", "step,load,imports", "--workloads", "notes", "--rounds", "1"]
    assert command.main([*given, "--fresh-rounds", "1", "--steps", "1", "--threads", "1", "--write", str(page)]) == 0
    text = page.read_text()
    titles = [line for line in text.splitlines() if line.startswith("#")]
    assert titles == ["# Speed", "## A training step", "## Loading a model", "## Start"]
    assert "`python -m tests.benchmarks --engines torch,ours" in text and "threads of each engine: 1." in text
    row = next(line for line in text.splitlines() if line.startswith("| network of the notes") and line.count("|") == 3)
    assert float(row.split("|")[2]) > 0  # the ratio of the two


def test_where_an_interpreter_lies_is_not_written():
    given = ["--engine-python", "jax=/somewhere/bin/python", "--only", "step"]
    with command.Bench({}) as bench:
        header = command._header(bench, {"keras-jax": "it does not run"}, 2, given)
    assert "--engine-python jax=PYTHON --only step" in header and "/somewhere" not in header
    assert "- Keras on JAX: left out, it does not run" in header


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["--only", "step,nothing"], "unknown: nothing; there are step, first-step"),
        (["--engines", "theano"], "unknown: theano; there are torch"),
        (["--engine-python", "theano=/python"], "--engine-python: expected ENGINE=PYTHON"),
    ],
)
def test_bad_arguments_are_refused(given, message, capsys):
    with pytest.raises(SystemExit):
        command.main(given)
    assert message in capsys.readouterr().err
