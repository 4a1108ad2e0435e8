"""Weights listed in Keras's order."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from torchkeras_compat.layers.core.dense import Dense
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.random.seed_generator import SeedGenerator
from torchkeras_compat.stateless_scope import StatelessScope


def test_weights_come_in_keras_order(x):
    class Mixed(Layer):
        def __init__(self):
            super().__init__()
            self.inner = Dense(2)
            self.count = self.add_weight(shape=(), trainable=False, initializer="zeros", name="count")
            self.own = self.add_weight(shape=(), name="own")

        def call(self, inputs):
            return self.inner(inputs) * self.own

    layer = Mixed()
    layer(x)
    assert [v.name for v in layer.weights] == ["own", "count", "kernel", "bias"]
    assert [v.name for v in layer.trainable_weights] == ["own", "kernel", "bias"]


def test_parameters_and_torch_modules_in_attributes_are_weights(x):
    class Torchy(Layer):
        def __init__(self):
            super().__init__()
            self.scale = nn.Parameter(torch.ones(2))
            self.linear = nn.Linear(4, 2)
            self.register_buffer("steps", torch.zeros(()))

        def call(self, inputs):
            return self.linear(inputs) * self.scale

    layer = Torchy()
    layer(x)
    assert [v.path for v in layer.weights] == ["torchy/scale", "torchy/linear/weight", "torchy/linear/bias"]
    layer.trainable = False
    assert not any(p.requires_grad for p in layer.parameters())


def test_a_seed_generator_is_a_variable(x):
    class Random(Layer):
        def __init__(self):
            super().__init__()
            self.seed = SeedGenerator(3)

        def call(self, inputs):
            return inputs

    layer = Random()
    layer(x)
    assert layer.weights == []
    assert [v.path for v in layer.variables] == ["seed_generator/seed_generator_state"]


@pytest.mark.parametrize(
    "kernel",
    [
        np.arange(6.0).reshape(3, 2),
        np.arange(6, dtype="float32").reshape(3, 2),
        np.asfortranarray(np.arange(6, dtype="float32").reshape(3, 2)),
        np.arange(6, dtype=">f4").reshape(3, 2),
        np.arange(5, -1, -1, dtype="float16")[::-1].reshape(3, 2),
        np.broadcast_to(np.float32([[0, 1]]), (3, 2)),
        np.arange(6).reshape(3, 2),
        torch.arange(6).reshape(3, 2),
        [[0, 1], [2, 3], [4, 5]],
    ],
    ids="float64 float32 fortran big-endian reversed read-only int64 tensor list".split(),
)
def test_weights_are_set_from_whatever_holds_numbers(kernel):
    layer = Dense(2)
    layer.build((None, 3))
    given = layer.kernel.parameter
    layer.set_weights([kernel, np.ones(2)])
    np.testing.assert_array_equal(layer.kernel.numpy(), np.asarray(kernel, "float32"))
    np.testing.assert_array_equal(layer.bias.numpy(), [1, 1])
    assert layer.kernel.parameter is given


def test_no_weight_is_set_unless_all_fit():
    layer = Dense(2)
    layer.build((None, 3))
    before = layer.get_weights()
    with pytest.raises(ValueError, match=r"weight shape \(2,\) of 'dense/bias' is not compatible.* shape \(3,\)"):
        layer.set_weights([np.zeros((3, 2)), np.zeros(3)])
    with pytest.raises(ValueError, match="weight list of length 1, but the layer was expecting 2 weights"):
        layer.set_weights([np.zeros((3, 2))])
    for a, b in zip(before, layer.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_stateless_scope_keeps_set_weights_apart():
    layer = Dense(1)
    layer.build((None, 1))
    before = layer.get_weights()
    with StatelessScope() as scope:
        layer.set_weights([np.float32([[5.0]]), np.float32([7.0])])
        assert float(scope.get_current_value(layer.kernel)) == 5.0
    np.testing.assert_array_equal(layer.get_weights()[0], before[0])


def test_what_a_stateless_scope_keeps_of_set_weights_has_gradients():
    layer = Dense(1, use_bias=False)
    layer.build((None, 1))
    given = torch.ones(1, 1, dtype=torch.float64, requires_grad=True)
    with StatelessScope() as scope:
        layer.set_weights([given])
    (3 * scope.get_current_value(layer.kernel)).sum().backward()
    assert given.grad.item() == 3
