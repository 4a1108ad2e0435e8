"""`TerminateOnNaN(locate=True)`: what was not finite first is named, and the weights stay as they were."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import torchkeras_compat as ours
from torchkeras_compat import layers
from torchkeras_compat.callbacks.base import Callback
from torchkeras_compat.callbacks.terminate_on_nan import TerminateOnNaN

X = np.random.RandomState(0).normal(size=(32, 3)).astype("float32")
Y = X.sum(axis=1, keepdims=True)


class Logarithm(layers.Layer):
    """Not finite where an input is above a limit: the logarithm of a negative number."""

    def call(self, inputs):
        return torch.log(10.0 - inputs)


class Remembering(Callback):
    """Keeps the weights and the state of the optimizer as they were before each step."""

    def on_train_batch_begin(self, batch, logs=None):
        self.weights = [w.copy() for w in self.model.get_weights()]
        self.state = [v.numpy().copy() for v in getattr(self.model.optimizer, "variables", [])]


def make_model(optimizer="adam"):
    ours.utils.set_random_seed(0)
    model = ours.Sequential(
        [ours.Input((3,)), layers.Dense(4, name="first"), Logarithm(name="log"), layers.Dense(1, name="last")]
    )
    model.compile(optimizer, "mse")
    return model


def spoiled(row, value):
    x = X.copy()
    x[row] = value
    return x


@pytest.mark.parametrize("optimizer", ["adam", "sgd", "torch"])
def test_the_layer_and_the_batch_are_named_and_the_weights_kept(optimizer, capsys):
    model, before = make_model(optimizer if optimizer != "torch" else "adam"), Remembering()
    if optimizer == "torch":
        model.compile(torch.optim.AdamW(model.parameters(), lr=0.01), "mse")
    kernel = model.layers[0].kernel
    kernel.assign(np.abs(kernel.numpy()))
    history = model.fit(
        spoiled(21, 1e4),
        Y,
        batch_size=4,
        epochs=3,
        shuffle=False,
        verbose=0,
        callbacks=[before, TerminateOnNaN(locate=True)],
    )
    words = "The output of layer 'log' is the first value that is not finite, in batch 5 of epoch 1"
    assert words in capsys.readouterr().out
    assert history.epoch == [0]
    for a, b in zip(model.get_weights(), before.weights, strict=True):
        np.testing.assert_array_equal(a, b)
    for v, b in zip(getattr(model.optimizer, "variables", []), before.state, strict=True):
        if v.name != "iteration":
            np.testing.assert_array_equal(v.numpy(), b)


def test_input_that_is_not_finite_is_named(capsys):
    with pytest.warns(UserWarning, match="NaN"):
        make_model().fit(
            spoiled(9, np.nan),
            Y,
            batch_size=4,
            epochs=2,
            shuffle=False,
            verbose=0,
            callbacks=[TerminateOnNaN(locate=True)],
        )
    assert (
        "The input of the model is the first value that is not finite, in batch 2 of epoch 1" in capsys.readouterr().out
    )


def test_a_gradient_alone_is_named():
    class Root(layers.Layer):
        def call(self, inputs):
            return torch.sqrt(inputs * 0)  # 0, with a gradient of 0 times infinity

    model = ours.Sequential([ours.Input((3,)), layers.Dense(2, name="dense"), Root()])
    model.compile("sgd", "mse")
    weights = [w.copy() for w in model.get_weights()]
    with pytest.raises(RuntimeError, match=r"The gradient of .*dense/kernel.* in batch 0 of epoch 1. Look at the data"):
        model.fit(X, X[:, :2], verbose=0, callbacks=[TerminateOnNaN(raise_error=True, locate=True)])
    for a, b in zip(model.get_weights(), weights, strict=True):
        np.testing.assert_array_equal(a, b)


def test_nothing_is_left_on_the_model():
    model = make_model()
    plain = model.fit(X, Y, verbose=0, epochs=2).history
    model = make_model()
    watched = model.fit(X, Y, verbose=0, epochs=2, callbacks=[TerminateOnNaN(locate=True)]).history
    assert watched == plain
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in model.modules())
    assert not model.optimizer._optimizer_step_pre_hooks

    class Failing(Callback):
        def on_train_batch_end(self, batch, logs=None):
            raise KeyError

    with pytest.raises(KeyError):
        model.fit(X, Y, verbose=0, callbacks=[TerminateOnNaN(locate=True), Failing()])
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in model.modules())


def test_a_second_training_is_watched_too(capsys):
    model = make_model()
    model.fit(X, Y, verbose=0)
    with pytest.warns(UserWarning, match="inf"):
        model.fit(spoiled(0, np.inf), Y, verbose=0, shuffle=False, callbacks=[TerminateOnNaN(locate=True)])
    assert "input of the model" in capsys.readouterr().out
    assert all(np.isfinite(w).all() for w in model.get_weights())


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")  # of what torch.compile imports
def test_a_compiled_model_is_refused():
    model = make_model()
    model.compile("sgd", "mse", jit_compile=True)
    with pytest.raises(ValueError, match="jit_compile=False"):
        model.fit(X, Y, verbose=0, callbacks=[TerminateOnNaN(locate=True)])


@pytest.mark.cuda
def test_updates_are_taken_back_on_the_device(capsys):
    with ours.device("cuda"):
        model, before = make_model(), Remembering()
        model.layers[0].kernel.assign(np.abs(model.layers[0].kernel.numpy()))
        model.fit(
            spoiled(21, 1e4), Y, batch_size=4, shuffle=False, verbose=0, callbacks=[before, TerminateOnNaN(locate=True)]
        )
    assert "layer 'log'" in capsys.readouterr().out
    assert all(np.isfinite(w).all() for w in model.get_weights())
