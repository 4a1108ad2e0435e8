"""The script for a GPU: it is tried without one, and each of its checks can fail."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
import torch

import torchkeras_compat
from tests.benchmarks.cuda import __main__ as command
from tests.benchmarks.cuda import checks, loops, marked, report, timing
from tests.benchmarks.cuda.budget import Budget
from tests.benchmarks.cuda.checks import CHECKS, Check, Wrong
from tests.benchmarks.cuda.networks import networks
from tests.benchmarks.cuda.setup import Setup
from tests.benchmarks.spread import Spread

DRY = Setup(torchkeras_compat, dry=True, epochs=2, steps=2, batch=4)
REAL = Setup(torchkeras_compat, epochs=1, steps=1, batch=4)  # what only a GPU can do is asked for, too


@pytest.mark.skipif(torch.cuda.is_available(), reason="here is a GPU")
def test_without_a_gpu_nothing_runs(capsys, tmp_path):
    assert command.main(["--write", str(tmp_path / "page.md")]) == 2
    assert "torch sees no GPU" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_all_checks_pass_in_a_dry_run(tmp_path):
    page = tmp_path / "page.md"
    assert command.main(["--dry-run", "--only", "checks", "--write", str(page)]) == 0
    text = page.read_text()
    assert text.count("| passed |") == len(CHECKS) and "failed" not in text
    assert "A dry run: the figures say nothing." in text


@pytest.mark.slow
def test_every_network_is_timed_in_a_dry_run(tmp_path):
    page = tmp_path / "page.md"
    assert command.main(["--dry-run", "--only", "speed", "--write", str(page)]) == 0
    lines = page.read_text().splitlines()
    for network in networks(dry=True):
        assert sum(line.startswith(f"| {network.title} |") for line in lines) == 3  # times, ratios, memory
    assert not any(line.startswith("- ") for line in lines)  # a failure


# -- each check can fail -----------------------------------------------------------------------------------------------


def test_a_step_that_computes_something_else_is_found(monkeypatch):
    right = checks.small_model

    def wrong(setup, name, optimizer="adam", **options):
        model, x, y = right(setup, name, optimizer, **options)
        if not options.get("run_eagerly"):
            model.set_weights([w * 1.01 for w in model.get_weights()])
        return model, x, y

    monkeypatch.setattr(checks, "small_model", wrong)
    for check in (
        checks.captured_step_equals_eager,
        checks.optimizers_equal_eager,
        checks.several_steps_at_once_equal_single_ones,
        checks.evaluating_and_predicting_equal_eager,
    ):
        with pytest.raises(Wrong, match="differs from the eager step by"):
            check(DRY)


def test_a_nan_is_a_difference():
    with pytest.raises(Wrong, match="by nan"):
        checks._largest(np.array([np.nan]), np.array([1.0]), "x")


def test_a_step_without_a_graph_is_found():
    if not torch.cuda.is_available():
        with pytest.raises(Wrong, match="not captured"):
            checks.launches_graphs(REAL)


def test_a_wait_per_step_is_found(monkeypatch):
    seen = iter([1, 4])
    monkeypatch.setattr(checks, "calls_of", lambda run: Counter({"cudaStreamSynchronize": next(seen)}))
    with pytest.raises(Wrong, match="dense: 1 waits in 10 rows, 4 in 30"):
        checks.no_wait_per_step(DRY)


def test_a_wait_between_batches_is_found(monkeypatch):
    monkeypatch.setattr(checks, "_set_sync_debug_mode", _raise_on_error_mode)
    with pytest.raises(Wrong, match="dense: called a synchronizing"):
        checks.nothing_waits_between_batches(DRY)


def _raise_on_error_mode(mode: str) -> None:
    if mode == "error":
        raise RuntimeError("called a synchronizing CUDA operation")


def test_a_mask_that_is_replayed_is_found(monkeypatch):
    class Same(torchkeras_compat.layers.Layer):
        def __init__(self, rate):
            super().__init__()

        def call(self, inputs, training=None):
            return inputs

    monkeypatch.setattr(torchkeras_compat.layers, "Dropout", Same)
    with pytest.raises(Wrong, match="8 steps drew 1 different masks"):
        checks.dropout_differs_between_steps(DRY)


def test_a_rate_that_is_baked_in_is_found(monkeypatch):
    right = checks.line
    monkeypatch.setattr(checks, "line", lambda setup, optimizer: right(setup, setup.keras.optimizers.SGD(0.05)))
    with pytest.raises(Wrong, match="LearningRateScheduler|assignment|ExponentialDecay"):
        checks.learning_rates_are_followed(DRY)


def test_a_scale_that_stays_is_found(monkeypatch):
    class Fixed(torchkeras_compat.optimizers.LossScaleOptimizer):
        def _rescale(self, finite):
            pass

    monkeypatch.setattr(torchkeras_compat.optimizers, "LossScaleOptimizer", Fixed)
    with pytest.raises(Wrong, match="weight and scale should be"):
        checks.loss_scaling_skips_and_grows(DRY)


def test_memory_that_is_kept_is_found(monkeypatch):
    grows = iter(range(10))
    monkeypatch.setattr(torch.cuda, "memory_allocated", lambda: next(grows))
    with pytest.raises(Wrong, match=r"\[0, 1, 2, 3\]"):
        checks.memory_stays(REAL)


# -- budget and report -------------------------------------------------------------------------------------------------


def test_a_part_ends_with_the_whole():
    now = [0.0]
    whole = Budget(10, lambda: now[0])
    part = whole.part(4)
    now[0] = 3.0
    assert (whole.left(), part.left(), whole.part(60).left()) == (7.0, 1.0, 7.0)
    now[0] = 20.0
    assert whole.left() == part.left() == whole.part(1).left() == 0.0


def test_what_has_no_time_is_said_not_to_have_run():
    (outcome,) = report.outcomes([Check("slow", lambda setup: "fine")], DRY, Budget(0))
    assert outcome.passed is None and outcome.detail == "no time was left"
    row = timing.measure(DRY, networks(dry=True)[0], Budget(0))
    assert set(row.seconds) == {report.COLUMNS[0], *report.COLUMNS[2:]}  # one round, whatever the time


def test_failures_are_rows_and_the_exit_status(tmp_path):
    def fails(setup):
        raise Wrong("found 3 | 4")

    def breaks(setup):
        raise KeyError("x")

    page = report.Report(tmp_path / "page.md")
    page.checks(report.outcomes([Check("fails", fails), Check("breaks", breaks)], DRY, Budget(60)))
    text = (tmp_path / "page.md").read_text()  # written at once
    assert page.failed
    assert "| fails | **failed** |" in text and "found 3 / 4 |" in text and "KeyError: 'x' |" in text


def test_the_table_has_a_mean_and_says_what_failed():
    page = report.Report(None)
    once = Spread(0.001, 0.001, 0.001)
    for n, ratio in enumerate((0.5, 2.0)):
        ratios = {report.COLUMNS[3]: Spread(ratio, ratio, ratio)}
        failures = ("captured: RuntimeError",) if n else ()
        page.speed(report.Row(f"net {n}", 8, {report.COLUMNS[0]: once, report.COLUMNS[3]: once}, ratios, {}, failures))
    lines = page.text().splitlines()
    assert "| net 0 | 1.000 | 1.000 |" in lines and "| **geometric mean** | 1.00 |" in lines
    assert lines[-1] == "- net 1: captured: RuntimeError" and page.failed


def test_the_marked_tests_are_found(monkeypatch):
    monkeypatch.setattr(marked, "FOLDERS", ("test_device.py",))
    passed, line = marked.run(Budget(120), dry=True)
    assert passed and "collected" in line and "test" in line
    assert marked.run(Budget(0)) == (None, "no time was left")


def test_the_encoder_is_the_same_in_both():
    network = networks(dry=True)[-1]
    model = network.keras(torchkeras_compat)
    theirs = sum(p.numel() for p in network.plain.module().parameters())
    assert model.count_params() == theirs
    # the real one has the weights of BERT-base without segments and the pooling of its pretraining
    with torch.device("meta"):
        real = networks()[-1].plain.module()
    assert sum(p.numel() for p in real.parameters()) == pytest.approx(109.1e6, rel=0.01)


def test_a_plain_loop_trains():
    network = networks(dry=True)[0]
    epoch = loops.eager(network, network.workload.data())
    before = torch.get_rng_state()
    epoch(), epoch()
    assert not torch.equal(before, torch.get_rng_state())  # it shuffles
