"""`Layer`: losses of weights, configs."""

from __future__ import annotations

import pytest
import torch

import torchkeras_compat
from tests.layers.layer.scale import Scale
from torchkeras_compat.dtypes import identifiers as policies
from torchkeras_compat.dtypes.dtype_policy import DTypePolicy
from torchkeras_compat.layers.core.dense import Dense
from torchkeras_compat.layers.layer.layer import Layer


def test_weight_regularizers_are_losses_of_trainable_weights(x):
    layer = Dense(2, kernel_regularizer="l2", bias_regularizer="l1")
    layer(x)
    torch.testing.assert_close(layer.losses[0], 0.01 * layer.linear.weight.pow(2).sum())
    assert len(layer.losses) == 2
    layer.trainable = False
    assert layer.losses == []


def test_get_config_goes_into_from_config():
    layer = Scale(2.5, name="mine", trainable=False, dtype="float64")
    assert layer.get_config() == {
        "name": "mine",
        "trainable": False,
        "dtype": policies.serialize(DTypePolicy("float64")),
        "factor": 2.5,
    }
    again = Scale.from_config(layer.get_config())
    assert (again.name, again.factor, again.trainable, again.dtype) == ("mine", 2.5, False, "float64")


def test_an_argument_that_is_not_a_plain_value_asks_for_get_config():
    class Holds(Layer):
        def __init__(self, thing, **kwargs):
            super().__init__(**kwargs)

    with pytest.raises(NotImplementedError, match=r"Holds was made with thing=.*Define `get_config"):
        Holds(object()).get_config()


def test_arguments_of_the_call_are_listed_as_keras_does(real_keras):
    def made(space):
        class Own(space.layers.Layer):
            def call(self, a, *args, b=3, mask=None, training=None, **others):
                return a

        return [Own(), *(getattr(space.layers, n)(3) for n in ("Dense", "LSTM"))]

    for real, ours in zip(made(real_keras), made(torchkeras_compat), strict=True):
        assert ours.call_signature_parameters == list(real.call_signature_parameters)


def test_metrics_of_a_call_are_refused():
    with pytest.raises(NotImplementedError, match=r"compile\(metrics="):
        torchkeras_compat.layers.Dense(2, name="d").add_metric(1.0, name="x")


def test_build_takes_the_shape_by_name():
    layer = torchkeras_compat.layers.Dropout(0.5)
    layer.build(input_shape=(None, 3))
    assert layer.built
    with pytest.raises(TypeError, match="'units'"):
        torchkeras_compat.layers.Layer().build(units=3)


def test_a_constructor_gets_the_name_of_a_policy_from_a_config():
    received = []

    class Own(Dense):
        def __init__(self, *args, **kwargs):
            received.append(kwargs["dtype"])
            super().__init__(*args, **kwargs)

    made = Own.from_config(Dense(2, dtype="mixed_bfloat16").get_config())
    assert received == ["mixed_bfloat16"] and made.dtype_policy.name == "mixed_bfloat16"
