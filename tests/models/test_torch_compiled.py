"""`torch.compile(model)` as a Keras model; the oracle is the same model trained eagerly."""

from __future__ import annotations

import copy
import gc
import weakref

import numpy as np
import pytest
import torch
from torch import nn
from torch._dynamo.testing import CompileCounter

import torchkeras_compat as keras
from torchkeras_compat import layers

X, Y = torch.randn(6, 4), torch.randn(6, 3)


def made() -> keras.Model:
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((4,)), layers.Dense(8, activation="relu"), layers.Dense(3)])
    model(X)  # the first call looks for layers that add losses, where there ever were any: one graph more
    return model


def losses(model) -> list[float]:
    return model.fit(X, Y, epochs=3, batch_size=3, shuffle=False, verbose=0).history["loss"]


@pytest.fixture(autouse=True)
def fresh():
    torch.compiler.reset()


def test_compile_is_that_of_keras_and_fit_runs_the_graph():
    expected = made()
    expected.compile("sgd", "mse")
    counter = CompileCounter()
    model = torch.compile(made(), backend=counter)
    model.compile("sgd", loss="mse", metrics=["mae"])
    assert counter.frame_count == 0
    np.testing.assert_allclose(losses(model), losses(expected), rtol=1e-6)
    assert counter.frame_count == 1


@pytest.mark.parametrize("loop", ["evaluate", "predict", "train_on_batch", "test_on_batch", "predict_on_batch"])
def test_every_loop_runs_the_graph(loop):
    expected, counter = made(), CompileCounter()
    expected.compile("sgd", "mse")
    model = torch.compile(expected, backend=counter)
    twin = copy.deepcopy(expected)
    data = (X,) if loop.startswith("predict") else (X, Y)
    options = {} if loop.endswith("on_batch") else {"verbose": 0}
    found = getattr(model, loop)(*data, **options)
    np.testing.assert_allclose(found, getattr(twin, loop)(*data, **options), rtol=1e-5, atol=1e-6)
    assert counter.frame_count == 1


def test_the_model_inside_stays_eager():
    inner, counter = made(), CompileCounter()
    model = torch.compile(inner, backend=counter)
    model.compile("sgd", "mse")
    losses(model)
    frames = counter.frame_count
    losses(inner)
    assert inner.jit_compile is False and counter.frame_count == frames
    assert model(X).equal(inner(X))


def test_run_eagerly_is_followed():
    counter = CompileCounter()
    model = torch.compile(made(), backend=counter)
    model.compile("sgd", "mse", run_eagerly=True)
    losses(model)
    assert counter.frame_count == 0


def test_a_copy_trains_by_itself():
    model = torch.compile(made(), backend="eager")
    model.compile("sgd", "mse")
    twin = copy.deepcopy(model)
    before = model.get_weights()
    losses(twin)
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))
    assert not np.array_equal(before[0], twin.get_weights()[0])


def test_wrong_arguments_are_refused_as_by_the_model():
    model = torch.compile(made(), backend="eager")
    with pytest.raises(ValueError, match="Unknown name 'msee' in losses. Did you mean 'MSE'"):
        model.compile("sgd", "msee")


def test_the_wrapper_is_freed():
    model = torch.compile(made(), backend="eager")
    model.compile("sgd", "mse")
    losses(model)
    gone = weakref.ref(model)
    del model
    gc.collect()
    assert gone() is None


def test_other_modules_keep_the_compile_of_torch():
    module = torch.compile(nn.Linear(4, 3), backend="eager")
    assert module.compile.__func__ is nn.Module.compile
    plain = nn.Sequential(made())
    assert "compile" not in vars(plain)
    plain.compile(backend="eager")
    assert plain(X).shape == (6, 3)
