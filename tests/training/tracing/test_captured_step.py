"""Captured steps, with a stand-in for CUDA graphs: the same operations on the same memory, repeated on the CPU."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch

import torchkeras_compat as keras
from tests.recorded_graph import RecordedGraph
from tests.training.tracing.agreement import Run, both
from tests.training.tracing.test_traced_step import batches, compiled, dense, step_of
from torchkeras_compat import layers
from torchkeras_compat.training.tracing import traced_default


class StandIn:
    """A graph that runs its operations when it is captured, and so not again in the replay that follows."""

    made = 0
    replays = 0

    def __init__(self, function):
        StandIn.made += 1
        self.graph = RecordedGraph()
        self.is_new = True
        with self.graph:
            self.results = function()

    def replay(self):
        StandIn.replays += 1
        if not self.is_new:
            self.graph.replay()
        self.is_new = False


class Broken(StandIn):
    def __init__(self, function):
        raise RuntimeError("operation not permitted when stream is capturing\nand more")


@pytest.fixture
def capturing(early, monkeypatch):
    monkeypatch.setitem(traced_default.CAPTURING_DEVICES, "cpu", StandIn)
    monkeypatch.setattr(StandIn, "made", 0)
    monkeypatch.setattr(StandIn, "replays", 0)


def assert_close(eager, captured):
    for a, b in zip(eager.logs, captured.logs, strict=True):
        assert a.keys() == b.keys()
        assert all(np.allclose(a[key], b[key], rtol=1e-5) for key in a)
    for name, value in eager.weights.items():
        torch.testing.assert_close(value, captured.weights[name], rtol=2e-5, atol=1e-6, msg=name)


@pytest.mark.parametrize(
    "optimizer",
    [
        lambda: keras.optimizers.SGD(0.1),
        lambda: keras.optimizers.SGD(0.1, momentum=0.9, clipnorm=0.5),
        lambda: keras.optimizers.Adam(keras.optimizers.schedules.ExponentialDecay(0.1, 1, 0.9)),
        lambda: keras.optimizers.AdamW(0.01, use_ema=True, ema_overwrite_frequency=3),
        lambda: keras.optimizers.RMSprop(0.01, gradient_accumulation_steps=2),
        lambda: keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam(0.01)),
    ],
)
def test_the_numbers_are_those_of_the_eager_step(capturing, optimizer):
    model = dense(layers.Dropout(0.5), layers.BatchNormalization(), layers.Dense(4, kernel_regularizer="l2"))
    eager, captured = both(
        model, batches(16), lambda m: compiled(m, optimizer=optimizer(), metrics=["mae"], weighted_metrics=["mse"])
    )
    assert_close(eager, captured)
    assert captured.step.not_captured is None
    assert StandIn.replays > 4


def test_a_new_learning_rate_counts_without_a_new_graph(capturing):
    model = compiled(dense(), optimizer=keras.optimizers.SGD(0.1))
    Run(model, batches(9))
    made = StandIn.made
    model.optimizer.learning_rate = 0.0
    before = model.get_weights()
    Run(model, batches(3))
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights()))
    assert StandIn.made == made == 1


def test_several_steps_are_one_launch(capturing):
    x, y = (np.concatenate(part) for part in zip(*batches(41)))
    x, y = x[:-2], y[:-2]  # the last batch has another form
    logs = []

    class Watch(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            seen.append((batch, logs["loss"]))

    model = compiled(dense(layers.Dropout(0.5)), steps_per_execution=4, metrics=["mae"])
    other = copy.deepcopy(model)
    other.run_eagerly = True
    for m in (other, model):
        seen = []
        torch.manual_seed(0)
        history = m.fit(x, y, batch_size=4, epochs=8, verbose=0, callbacks=[Watch()], shuffle=False).history
        logs.append((seen, history, m.get_weights()))
    assert [batch for batch, _ in logs[0][0]] == [batch for batch, _ in logs[1][0]]
    assert np.allclose([v for _, v in logs[0][0]], [v for _, v in logs[1][0]], rtol=1e-5)
    for key, values in logs[0][1].items():
        assert np.allclose(values, logs[1][1][key], rtol=1e-5)
    for a, b in zip(logs[0][2], logs[1][2]):
        assert np.allclose(a, b, rtol=1e-4, atol=1e-6)
    captured = next(f.captured for f in step_of(model)._forms.values() if f.captured is not None)
    assert captured.steps == 4
    assert 10 < StandIn.replays < 80  # one for four of about 300 steps


def test_evaluation_is_captured_too(capturing):
    x, y = (np.concatenate(part) for part in zip(*batches(40)))
    model = compiled(dense(), metrics=["mae"])
    other = copy.deepcopy(model)
    other.run_eagerly = True
    assert np.allclose(model.evaluate(x, y, batch_size=4, verbose=0), other.evaluate(x, y, batch_size=4, verbose=0))
    assert StandIn.made == 1
    assert StandIn.replays > 10


def test_where_capturing_fails_the_steps_run_uncaptured(capturing, monkeypatch):
    monkeypatch.setitem(traced_default.CAPTURING_DEVICES, "cpu", Broken)
    eager, captured = both(dense(), batches(16), lambda m: compiled(m, steps_per_execution=3))
    assert_close(eager, captured)
    assert captured.step.not_captured == "operation not permitted when stream is capturing"
    assert captured.is_traced


@pytest.mark.parametrize(
    ("model", "arguments", "reason"),
    [
        (lambda: dense(layers.Dropout(0.5, seed=1)), {}, "seeds"),
        (dense, {"jit_compile": False}, "jit_compile=False"),
        (dense, {"optimizer": "torch"}, "torch.optim"),
    ],
)
def test_what_cannot_be_captured_says_why(capturing, model, arguments, reason):
    model = model()
    if arguments.get("optimizer") == "torch":
        arguments = {"optimizer": torch.optim.SGD(model.parameters(), 0.1)}
    compiled(model, **arguments)
    Run(model, batches(12))
    assert reason in step_of(model).not_captured
    assert StandIn.made == 0
    assert any(form.run is not None for form in step_of(model)._forms.values())
