from __future__ import annotations

import sys

import pytest

from tests.benchmarks.engines.table import ENGINES, MAIN, available, parse_python


def test_the_engines_of_this_environment_are_found():
    found, missing = available(["torch", "ours", "keras-torch"], {})
    assert found == dict.fromkeys(["torch", "ours", "keras-torch"], sys.executable)
    assert missing == {}


def test_an_engine_that_is_not_installed_is_left_out_with_the_reason(monkeypatch):
    from dataclasses import replace

    monkeypatch.setitem(ENGINES, "lightning", replace(ENGINES["lightning"], needs=("torch", "no_such_module")))
    found, missing = available(["lightning"], {})
    assert found == {} and missing == {"lightning": "no_such_module is not installed in its environment"}


def test_an_interpreter_that_does_not_run_is_left_out_with_the_reason(tmp_path):
    python = str(tmp_path / "python")
    _, missing = available(["keras-jax"], {"keras-jax": python})
    assert missing["keras-jax"].startswith(f"{python} does not run")


@pytest.mark.parametrize("name", ["jax", "keras-jax"])
def test_environments_are_given_by_engine(name):
    assert parse_python(f"{name}=/some/python") == ("keras-jax", "/some/python")


@pytest.mark.parametrize("text", ["jax", "theano=/some/python", "jax="])
def test_bad_environments_are_refused(text):
    with pytest.raises(ValueError, match=f"received '{text}'"):
        parse_python(text)


def test_tables_begin_with_the_plain_loop():
    assert MAIN[0] == "torch" and set(MAIN) <= set(ENGINES)
