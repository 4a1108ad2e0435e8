"""Weights of losses that change while a model trains count as they are in each step."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

import torchkeras_compat as keras
from torchkeras_compat.training.loss_weight import loss_weight, weighted

X = np.random.default_rng(0).normal(size=(16, 3)).astype("float32")
TARGETS = [X[:, :1], X[:, 1:2] * 3]
HOLDERS = {
    "variable": lambda: keras.Variable(1.0),
    "variable of one item": lambda: keras.Variable([1.0], trainable=False),
    "tensor": lambda: torch.tensor(1.0),
    "double tensor": lambda: torch.tensor(1.0, dtype=torch.float64),
    "integer tensor": lambda: torch.tensor(1),
    "parameter": lambda: torch.nn.Parameter(torch.tensor([1.0])),
    "array": lambda: np.array(1.0),
}


def set_to(holder: Any, value: float) -> None:
    if isinstance(holder, keras.Variable):
        holder.assign(np.full(holder.shape, value))
    elif isinstance(holder, torch.Tensor):
        holder.data.fill_(value)
    else:
        holder[...] = value


def two_outputs() -> Any:
    i = keras.Input((3,))
    return keras.Model(i, [keras.layers.Dense(1, name="p")(i), keras.layers.Dense(1, name="q")(i)])


def one_output() -> Any:
    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])


class AtEpochs(keras.callbacks.Callback):
    """Sets weights when an epoch ends."""

    def __init__(self, holders: list[Any], values: list[list[float]]) -> None:
        super().__init__()
        self.holders, self.values = holders, values

    def on_epoch_end(self, epoch, logs=None):
        for holder, value in zip(self.holders, self.values[epoch], strict=True):
            set_to(holder, value)


@pytest.mark.parametrize("holder", HOLDERS.values(), ids=HOLDERS)
@pytest.mark.parametrize("nest", [lambda a, b: [a, b], lambda a, b: {"p": a, "q": b}], ids=["list", "dict"])
def test_each_epoch_has_the_weights_of_its_time(holder, nest):
    a, b = holder(), holder()
    model = two_outputs()
    model.compile(keras.optimizers.SGD(0.0), loss=["mse", "mae"], loss_weights=nest(a, b))
    watch = AtEpochs([a, b], [[0, 10], [3, 1], [1, 1]])
    fit = model.fit(X, TARGETS, epochs=3, batch_size=16, shuffle=False, verbose=0, callbacks=[watch])
    history = fit.history
    p, q = history["p_loss"], history["q_loss"]
    expected = [p[0] + q[0], 10 * q[1], 3 * p[2] + q[2]]
    np.testing.assert_allclose(history["loss"], expected, rtol=1e-6)
    assert p[0] == p[1] == p[2]  # what is logged of one loss is without its weight
    np.testing.assert_allclose(model.evaluate(X, TARGETS, verbose=0)[0], p[0] + q[0], rtol=1e-6)


@pytest.mark.parametrize("given", [lambda w: w, lambda w: [w], lambda w: {"dense": w}], ids=["bare", "list", "dict"])
def test_the_weight_of_the_only_output_changes_the_gradients_of_the_next_batch(given):
    weight = keras.Variable(1.0)
    model = one_output()
    model.layers[0].name = "dense"
    model.compile(keras.optimizers.SGD(0.1), loss="mse", loss_weights=given(weight))
    model.train_on_batch(X, TARGETS[0])
    before = model.get_weights()[0]
    weight.assign(0.0)
    model.train_on_batch(X, TARGETS[0])
    np.testing.assert_array_equal(model.get_weights()[0], before)
    weight.assign(1.0)
    model.train_on_batch(X, TARGETS[0])
    assert (model.get_weights()[0] != before).all()


def test_weights_of_several_losses_of_one_output_change_too():
    a, b = keras.Variable(1.0), torch.tensor(1.0)
    i = keras.Input((3,))
    model = keras.Model(i, [keras.layers.Dense(1)(i), keras.layers.Dense(1)(i)])
    model.compile(keras.optimizers.SGD(0.0), loss=[["mse", "mae"], "mse"], loss_weights=[a, b, 0.0])
    x = [model.evaluate(X, TARGETS, verbose=0)[0]]
    for first, second in ((1, 0), (0, 1)):
        a.assign(first)
        b.fill_(second)
        x.append(model.evaluate(X, TARGETS, verbose=0)[0])
    assert x[0] == pytest.approx(x[1] + x[2], rel=1e-5) and x[1] != x[2]


def test_no_step_reads_a_weight_from_the_device():
    class Reads(TorchDispatchMode):
        found = 0

        def __torch_dispatch__(self, func, types, args=(), kwargs=None):
            self.found += func is torch.ops.aten._local_scalar_dense.default
            return func(*args, **(kwargs or {}))

    model = two_outputs()
    model.compile("sgd", loss=["mse", "mse"], loss_weights=[keras.Variable(2.0), torch.tensor(3.0)])
    x, y = torch.as_tensor(X), [torch.as_tensor(t) for t in TARGETS]
    step = model._make_step()
    step.train(x, y, None)
    with Reads() as reads:
        step.train(x, y, None)
    assert reads.found == 0


def test_a_trainable_variable_is_a_factor_and_is_not_trained():
    weight = keras.Variable(2.0)
    model = one_output()
    model.compile("sgd", "mse", loss_weights=[weight])
    model.fit(X, TARGETS[0], verbose=0)
    assert float(weight) == 2.0 and weight.value.grad is None
    assert len(model.trainable_variables) == 2


def test_the_dtype_of_the_loss_stays():
    loss = torch.tensor(2.0, dtype=torch.float32)
    for make in HOLDERS.values():
        assert weighted(loss, loss_weight(make())).dtype is torch.float32
        assert weighted(loss, loss_weight(make())).shape == ()
    assert weighted(loss, loss_weight(1.0)) is loss
    assert weighted(loss, loss_weight(3)).item() == 6.0


@pytest.mark.parametrize("bad", [torch.ones(2), np.ones((1, 2)), lambda: keras.Variable([1.0, 2.0])])
def test_more_than_one_number_is_refused(bad):
    bad = bad() if callable(bad) else bad
    model = one_output()
    model.compile("sgd", "mse", loss_weights=[bad])
    with pytest.raises(ValueError, match=r"`loss_weights` is one number. Received a \w+ of shape \(.*2.*\)"):
        model.fit(X, TARGETS[0], verbose=0)


@pytest.mark.parametrize("holder", HOLDERS.values(), ids=HOLDERS)
def test_a_file_has_the_weights_of_the_time_when_it_was_written(holder, tmp_path: Path):
    weight = holder()
    model = two_outputs()
    model.compile("sgd", ["mse", "mse"], loss_weights={"p": weight, "q": 2.0})
    set_to(weight, 4)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert loaded._compile_arguments["loss_weights"] == {"p": 4.0, "q": 2.0}
    np.testing.assert_allclose(loaded.evaluate(X, TARGETS, verbose=0), model.evaluate(X, TARGETS, verbose=0), rtol=1e-6)
