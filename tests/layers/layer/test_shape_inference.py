"""Shapes of outputs that nobody has computed."""

from __future__ import annotations

import pytest

from torchkeras_compat import layers
from torchkeras_compat.layers.core.dense import Dense
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


def test_compute_output_shape_and_spec_are_inferred():
    class Pairs(Layer):
        def call(self, inputs):
            return {"a": inputs[:, ::2], "b": [inputs.long(), inputs.sum(-1)]}

    layer = Pairs()
    assert layer.compute_output_shape((None, 6, 5)) == {"a": (None, 3, 5), "b": [(None, 6, 5), (None, 6)]}
    spec = layer.compute_output_spec(KerasTensor((2, None, 5)))
    assert spec["b"][0].dtype == "int64"
    assert spec["b"][0].shape == (2, None, 5)


def test_a_compute_output_shape_of_its_own_is_used():
    class Known(Layer):
        def call(self, inputs):
            raise AssertionError("not needed")

        def compute_output_shape(self, input_shape):
            return (*input_shape, 7)

    assert Known()(KerasTensor((None, 3))).shape == (None, 3, 7)


def test_shape_inference_computes_nothing_and_leaves_the_weights():
    layer = Dense(3)
    y = layer(KerasTensor((None, 4)))
    assert y.shape == (None, 3)
    assert layer.linear.weight.device.type == "cpu"
    assert layer.linear.weight.abs().sum() > 0


def test_a_layer_without_call_has_no_output_shape():
    with pytest.raises(NotImplementedError, match="`compute_output_shape` method implemented"):
        Layer().compute_output_shape((2,))


def test_a_subclass_with_its_own_call_has_the_shape_of_that_call():
    class Halving(layers.Dropout):
        def call(self, inputs, training=None):
            return super().call(inputs, training=training)[:, ::2]

    class Pair(layers.Add):
        def call(self, inputs):
            return super().call(inputs).sum(-1)

    x = layers.Input((6, 4))
    assert Halving(0.5)(x).shape == (None, 3, 4)
    assert Pair()([x, x]).shape == (None, 6)


@pytest.mark.parametrize("activation, width", [("relu", 6), ("glu", 3), (lambda x: x[..., :2], 2)])
def test_the_activation_counts_in_the_shape(activation, width):
    x = layers.Input((6,))
    assert layers.Activation(activation)(x).shape == (None, width)
    assert layers.Dense(6, activation)(x).shape == (None, width)


def test_merging_broadcasts_symbolic_shapes():
    a, b = layers.Input((None, 4)), layers.Input((5, 1))
    assert layers.Multiply()([a, b]).shape == (None, 5, 4)
    assert layers.Add()([a, layers.Input((4,))]).shape == (None, None, 4)
    with pytest.raises(ValueError, match="incompatible shapes"):
        layers.Add()([layers.Input((5, 4)), layers.Input((5, 3))])
