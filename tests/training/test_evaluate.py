"""`evaluate`: values beside real Keras, callbacks, modes, own steps, data that runs out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

import torchkeras_compat as ours
from torchkeras_compat import layers
from torchkeras_compat.callbacks.base import Callback
from torchkeras_compat.errors import NotCompiledError

X = np.random.RandomState(0).normal(size=(10, 3)).astype("float32")
Y = np.random.RandomState(1).normal(size=(10, 1)).astype("float32")


def network(keras: Any, **options: Any) -> Any:
    model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(1)])
    model.set_weights([np.full((3, 1), 0.5, "float32"), np.ones(1, "float32")])
    model.compile("sgd", "mse", metrics=["mae"], **options)
    return model


class Recorded(Callback):
    def __init__(self):
        super().__init__()
        self.calls = []

    def on_test_begin(self, logs=None):
        self.calls.append("begin")

    def on_test_batch_begin(self, batch, logs=None):
        self.calls.append(("batch", batch))

    def on_test_batch_end(self, batch, logs=None):
        self.calls.append((batch, logs["loss"]))

    def on_test_end(self, logs=None):
        self.calls.append(("end", dict(logs)))


@pytest.mark.parametrize(
    "options", [{}, {"batch_size": 4}, {"batch_size": 3, "steps": 2}, {"sample_weight": np.arange(10.0)}]
)
def test_values_are_those_of_keras(options, real_keras):
    expected = network(real_keras).evaluate(X, Y, verbose=0, **options)
    np.testing.assert_allclose(network(ours).evaluate(X, Y, verbose=0, **options), expected, rtol=1e-6)


def test_a_dict_holds_the_same_values():
    model = network(ours)
    loss, mae = model.evaluate(X, Y, verbose=0)
    assert model.evaluate(X, Y, verbose=0, return_dict=True) == {"loss": loss, "mae": mae}
    assert type(loss) is float


@pytest.mark.parametrize(("every", "steps"), [(1, [(0, 0), (1, 1), (2, 2)]), (2, [(0, 1), (2, 2)])])
def test_hooks_are_called_around_steps(every, steps):
    recorded = Recorded()
    loss = network(ours, steps_per_execution=every).evaluate(X, Y, batch_size=4, verbose=0, callbacks=[recorded])[0]
    between = recorded.calls[1:-1]
    assert recorded.calls[0] == "begin" and recorded.calls[-1][1]["loss"] == loss
    assert between[::2] == [("batch", first) for first, _ in steps]
    assert [step for step, _ in between[1::2]] == [last for _, last in steps]
    assert between[-1][1] == loss


def test_a_callback_ends_it():
    class Ends(Recorded):
        def on_test_batch_end(self, batch, logs=None):
            super().on_test_batch_end(batch, logs)
            self.model.stop_evaluating = batch == 1

    ends, model = Ends(), network(ours)
    found = model.evaluate(X, Y, batch_size=2, verbose=0, callbacks=[ends])
    assert found == model.evaluate(X[:4], Y[:4], batch_size=2, verbose=0)
    assert ends.calls[-1][0] == "end" and len(ends.calls) == 6


@pytest.mark.parametrize("fails", [False, True])
def test_the_modes_are_put_back(fails):
    model = network(ours)
    model.train()
    model.layers[0].eval()
    before = [module.training for module in model.modules()]
    assert len(set(before)) == 2

    def look(batch, logs):
        assert not any(module.training for module in model.modules())
        if fails:
            raise KeyError("stop")

    watch = ours.callbacks.LambdaCallback(on_test_batch_end=look)
    try:
        model.evaluate(X, Y, verbose=0, callbacks=[watch])
    except KeyError:
        assert fails
    assert [module.training for module in model.modules()] == before


def test_an_own_step_gets_packed_batches_and_computes_no_gradients():
    class Own(ours.Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(1)
            self.seen = []

        def call(self, x):
            return self.dense(x)

        def test_step(self, data):
            self.seen.append((len(data), torch.is_grad_enabled(), self.training))
            return {"last": len(self.seen), "loss": self(data[0]).sum()}

    model = Own()
    model.compile("sgd", "mse")
    found = model.evaluate(X, Y, batch_size=5, verbose=0, return_dict=True)
    assert list(found) == ["loss", "last"] and found["last"] == 2.0 and type(found["loss"]) is float
    assert model.seen == [(2, False, False)] * 2


def test_unknown_arguments_and_missing_compile_are_refused():
    with pytest.raises(ValueError, match="Arguments not recognized: {'batches': 1}"):
        network(ours).evaluate(X, Y, batches=1)
    with pytest.raises(NotCompiledError, match=r"before calling `evaluate\(\)`"):
        ours.Sequential([layers.Dense(1)]).evaluate(X, Y)
