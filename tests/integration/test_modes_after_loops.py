"""`fit`, `evaluate`, `predict` and their like leave the modes of a model as they found them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import fx, nn

import torchkeras_compat as keras
from torchkeras_compat import layers

X = np.random.default_rng(0).normal(size=(16, 4)).astype("float32")
Y = X[:, :1]


def make(built: bool = True) -> Any:
    model = keras.Sequential(
        [layers.Dense(4), layers.BatchNormalization(), layers.Dropout(0.5), layers.Dense(1)],
    )
    if built:
        model.build((None, 4))
    model.compile("sgd", "mse")
    return model


def modes(model: Any) -> list[bool]:
    return [module.training for module in model.modules() if not isinstance(module, fx.GraphModule)]


def predict_some(model: Any) -> None:
    for _ in model.predict_batches(X, batch_size=4):
        break


RUNS = {
    "fit": lambda m: m.fit(X, Y, epochs=2, validation_data=(X, Y), verbose=0),
    "evaluate": lambda m: m.evaluate(X, Y, verbose=0),
    "predict": lambda m: m.predict(X, verbose=0),
    "predict_batches": predict_some,
    "predict_on_batch": lambda m: m.predict_on_batch(X),
    "train_on_batch": lambda m: m.train_on_batch(X, Y),
    "test_on_batch": lambda m: m.test_on_batch(X, Y),
}


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
@pytest.mark.parametrize("built", [True, False])
@pytest.mark.parametrize("said", [None, True, False])
def test_the_mode_is_left_as_it_was_found(run, built, said):
    model = make(built)
    if said is not None:
        model.train(said)
    run(model)
    assert set(modes(model)) == {bool(said)}
    assert nn.Sequential(model)[0].training is (said is not False)  # nobody has said a mode by running it


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_parts_that_were_switched_alone_stay_so(run):
    model = make()
    model.train()
    model.layers[1].eval()
    before = modes(model)
    run(model)
    assert modes(model) == before
    model.eval()
    model.layers[2].dropout.train()
    before = modes(model)
    run(model)
    assert modes(model) == before


def test_predict_is_inference_whatever_was_said():
    model = make()
    model.train()
    np.testing.assert_array_equal(model.predict(X, verbose=0), model.predict(X, verbose=0))
    assert not torch.equal(model(X), model(X))


def test_an_interrupted_fit_leaves_the_mode_as_it_was_found():
    class Stop(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            raise KeyboardInterrupt

    for said in (True, False):
        model = make()
        model.train(said)
        with pytest.raises(KeyboardInterrupt):
            model.fit(X, Y, verbose=0, callbacks=[Stop()])
        assert set(modes(model)) == {said}


def test_a_callback_that_evaluates_leaves_training_as_it_was():
    seen = []

    class Look(keras.callbacks.Callback):
        def on_train_batch_begin(self, batch, logs=None):
            seen.append(set(modes(self.model)))

        def on_train_batch_end(self, batch, logs=None):
            self.model.evaluate(X, Y, verbose=0)
            self.model.predict(X, verbose=0)
            seen.append(set(modes(self.model)))

    make().fit(X, Y, batch_size=8, verbose=0, callbacks=[Look()])
    assert seen == [{True}] * 4


def test_a_train_of_the_users_own_is_called_and_undone():
    class Frozen(keras.Sequential):
        def train(self, mode=True):
            super().train(mode)
            self.layers[0].eval()
            return self

    model = Frozen([layers.BatchNormalization(), layers.Dense(1)])
    model.build((None, 4))
    model.compile("sgd", "mse")
    model.fit(X, Y, verbose=0)
    assert not model.layers[0].moving_mean.numpy().any()
    assert set(modes(model)) == {False}


def test_a_training_loop_written_for_torch_moves_statistics_without_a_word():
    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.body = keras.Sequential([layers.BatchNormalization(), layers.Dropout(0.5), layers.Dense(1)])
            self.body.build((None, 4))

        def forward(self, x):
            return self.body(x)

    net = Net()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
    x, y = torch.as_tensor(X) + 5, torch.as_tensor(Y)
    norm = net.body.layers[0].norm
    twin = nn.BatchNorm1d(4, eps=1e-3, momentum=0.01)  # Keras's own numbers
    for _ in range(3):
        optimizer.zero_grad()
        nn.functional.mse_loss(net(x), y).backward()
        optimizer.step()
        twin(x)
    torch.testing.assert_close(norm.running_mean, twin.running_mean)
    assert norm.running_mean.abs().min() > 0
