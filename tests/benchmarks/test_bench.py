"""The processes of the engines: what they are asked, what they answer, and how they fail."""

from __future__ import annotations

import sys

import pytest

from tests.benchmarks.bench import Bench, column
from tests.benchmarks.engines.table import ENGINES, Engine
from tests.benchmarks.measurement import Measurement
from tests.benchmarks.processes import EngineFailed, Process, Unsupported

NOTES = {"workload": "seven:network of the notes, 4-200-200-3, batch 20"}


@pytest.mark.slow
def test_engines_take_turns_in_processes_that_live_on():
    names = ["torch", "ours", "keras-torch"]
    with Bench(dict.fromkeys(names, sys.executable), rounds=2, steps=2) as bench:
        versions = bench.versions()
        assert list(versions) == names and versions["keras-torch"].startswith("keras 3")
        steps = bench.living(Measurement("step", NOTES))
        assert list(steps) == names and all(len(rounds) == 2 for rounds in steps.values())
        assert all(seconds > 0 for values in column(steps).values() for seconds in values)
        assert bench.failures == []


@pytest.mark.slow
def test_new_processes_say_what_they_took_from_the_start():
    with Bench({"ours": sys.executable}, fresh_rounds=1, steps=2) as bench:
        ((figures,),) = bench.fresh(Measurement("from_scratch", NOTES)).values()
    assert figures["wall"] > figures["import"] + figures["build"] + figures["epoch"] > 0


@pytest.mark.slow
def test_a_failure_is_noted_and_the_others_go_on():
    with Bench(dict.fromkeys(["torch", "ours"], sys.executable), rounds=1) as bench:
        absent = {name: {"path": "/no/such/model"} for name in ("torch", "ours")}
        assert bench.living(Measurement("load", NOTES, of_each=absent)) == {}
        assert len(bench.failures) == 2 and "`load` failed" in bench.failures[0]
        assert list(bench.living(Measurement("first_step", NOTES))) == ["torch", "ours"]


@pytest.mark.slow
def test_a_process_says_why_it_cannot_answer():
    with Process(ENGINES["torch-softmax"], sys.executable) as process:
        with pytest.raises(Unsupported, match="does not end in probabilities"):
            process.prepare("step", {"workload": "seven:two stacked LSTMs with L2, sequence 50, batch 32"})
        with pytest.raises(EngineFailed, match="no such workload"):
            process.prepare("step", {"workload": "no such workload"})
        process._process.kill()
        with pytest.raises(EngineFailed, match="ended with -9"):
            process.prepare("step", NOTES)


def test_a_process_that_does_not_start_says_why():
    with pytest.raises(EngineFailed, match="No module named"):
        Process(Engine("none", "no_such_engine", "", ()), sys.executable)


def test_parts_of_titles_choose_workloads():
    assert Bench({}).wanted("anything")
    bench = Bench({}, workloads=("LSTM", "notes"))
    assert bench.wanted("two stacked LSTMs", "stacked-lstm") and not bench.wanted("MLP", "mlp")
