"""Optimizers as users write them for Keras: `build` and `update_step`."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import torchkeras_compat
from torchkeras_compat import optimizers
from torchkeras_compat.variables import Variable


def momentum_optimizer(keras):
    """The same class on whichever Keras."""

    class Heavy(keras.optimizers.Optimizer):
        def __init__(self, learning_rate=0.1, decay=0.9, name="heavy", **kwargs):
            super().__init__(learning_rate=learning_rate, name=name, **kwargs)
            self.decay = decay

        def build(self, variables):
            if self.built:
                return
            super().build(variables)
            self.speeds = [self.add_variable_from_reference(reference_variable=v, name="speed") for v in variables]
            self.total = self.add_variable(shape=(), initializer="zeros", name="total")
            self.pairs = self.add_optimizer_variables(variables, ("one", "two"))

        def update_step(self, gradient, variable, learning_rate):
            ops = keras.ops
            rate = ops.cast(learning_rate, variable.dtype)
            step = ops.cast(self.iterations + 1, variable.dtype)
            speed = self.speeds[self._get_variable_index(variable)]
            self.assign(speed, speed * self.decay + gradient)
            self.assign_add(self.total, 1.0)
            self.assign_sub(variable, rate * speed / ops.sqrt(step))

        def get_config(self):
            return {**super().get_config(), "decay": self.decay}

    return Heavy


@pytest.mark.parametrize("options", [{}, {"weight_decay": 0.1, "clipnorm": 1.0}, {"use_ema": True}])
def test_it_updates_as_on_keras(real_keras, options):
    ours, theirs = momentum_optimizer(torchkeras_compat)(**options), momentum_optimizer(real_keras)(**options)
    start = np.linspace(0, 1, 6, dtype="float32").reshape(2, 3)
    mine, other = Variable(start, name="w"), real_keras.Variable(start, name="w")
    for i in range(4):
        ours.apply([torch.full((2, 3), i - 1.0)], [mine])
        theirs.apply([torch.full((2, 3), i - 1.0)], [other])
        np.testing.assert_allclose(mine.numpy(), other.value.detach().numpy(), rtol=1e-5)
    assert [v.path for v in ours.variables] == [v.path for v in theirs.variables]
    assert ours.total.numpy() == 4
    config = ours.get_config()
    assert type(ours).from_config(config).get_config() == config


def test_it_trains_a_model():
    keras = torchkeras_compat
    model = keras.Sequential([keras.layers.Dense(1)])
    model.compile(momentum_optimizer(keras)(0.01), "mse")
    x = np.random.randn(32, 3).astype("float32")
    history = model.fit(x, x.sum(1, keepdims=True), epochs=10, verbose=0).history["loss"]
    assert history[-1] < 0.5 * history[0]
    assert model.optimizer.variables[2].shape == (3, 1)


def test_a_subclass_of_a_built_in_one_may_change_single_updates():
    class Halved(optimizers.Adam):
        def update_step(self, gradient, variable, learning_rate):
            super().update_step(gradient, variable, 0.5 * learning_rate)

    v, w = Variable([1.0, 2.0]), Variable([1.0, 2.0])
    halved, plain = Halved(0.2), optimizers.Adam(0.1)
    for _ in range(3):
        halved.apply([torch.tensor([1.0, -2.0])], [v])
        plain.apply([torch.tensor([1.0, -2.0])], [w])
    np.testing.assert_allclose(v.numpy(), w.numpy(), rtol=1e-6)


def test_what_is_missing_is_said():
    class Empty(optimizers.Optimizer):
        pass

    with pytest.raises(NotImplementedError, match=r"Empty must define `update_step"):
        Empty(0.1).apply([torch.ones(1)], [Variable([1.0])])
    optimizer = optimizers.SGD()
    with pytest.raises(TypeError, match="TensorLayout"):
        optimizer.add_variable((1,), layout="x")
    with pytest.raises(ValueError, match="2 names need"):
        optimizer.add_optimizer_variables([], ("a", "b"), ["zeros"])
    with pytest.raises(TypeError, match="Received: 3"):
        optimizer.build([3])
