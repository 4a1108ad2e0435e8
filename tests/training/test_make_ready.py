"""Weights and the optimizer's variables are there before a training step that a subclass wrote."""

from __future__ import annotations

import torch

import torchkeras_compat as keras
from torchkeras_compat import layers
from torchkeras_compat.training.make_ready import make_ready


class Network(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(1)
        self.modes = []

    def call(self, x):
        self.modes.append((self.training, torch.is_grad_enabled()))
        return self.dense(x)


class Pair(keras.Model):
    """Has no `call`, as a GAN."""

    def __init__(self):
        super().__init__()
        self.inner = keras.Sequential([keras.Input((3,)), layers.Dense(1)])


def test_model_and_optimizer_are_built():
    model = Network()
    model.compile("adam", "mse")
    assert make_ready(model, torch.zeros(2, 3)) is True
    assert model.built and model.optimizer.built
    assert [tuple(v.shape) for v in model.trainable_variables] == [(3, 1), (1,)]


def test_the_model_is_built_in_inference_mode_and_without_gradients():
    model = Network()
    model.compile("adam", "mse")
    model.train()
    make_ready(model, torch.zeros(2, 3))
    assert set(model.modes) == {(False, False)} and model.training


def test_a_built_model_is_not_called():
    model = Network()
    model.compile("adam", "mse")
    model(torch.zeros(2, 3))
    calls = len(model.modes)
    make_ready(model, torch.zeros(2, 3))
    assert len(model.modes) == calls and model.optimizer.built


def test_a_model_without_call_builds_what_it_runs_itself():
    model = Pair()
    model.compile("adam", "mse")
    assert make_ready(model, torch.zeros(2, 3)) is True
    assert not model.optimizer.built


def test_an_optimizer_of_torch_needs_nothing():
    model = Network()
    model(torch.zeros(2, 3))
    model.compile(torch.optim.SGD(model.parameters(), lr=0.1), "mse")
    assert make_ready(model, torch.zeros(2, 3)) is True


def test_without_trainable_weights_the_optimizer_is_left():
    model = Network()
    model.trainable = False
    model.compile("adam", "mse")
    make_ready(model, torch.zeros(2, 3))
    assert model.built and not model.optimizer.built
