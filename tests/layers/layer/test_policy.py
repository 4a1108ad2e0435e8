"""Dtype policies: of weights, computation, inputs and outputs, against Keras."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import torchkeras_compat
from torchkeras_compat import layers
from torchkeras_compat.dtypes.dtype_policy import dtype_policy
from torchkeras_compat.dtypes.identifiers import set_dtype_policy
from torchkeras_compat.dtypes.policy_map import DTypePolicyMap
from torchkeras_compat.layers.core.dense import Dense
from torchkeras_compat.layers.core.input_layer import Input
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.models.sequential import Sequential


@pytest.mark.parametrize("policy", ["float32", "float64", "bfloat16", "mixed_bfloat16", "mixed_float16"])
@pytest.mark.parametrize("given", ["float32", "float64", "int32", "bfloat16"])
def test_dtypes_are_those_of_keras(policy, given, real_keras):
    x = torch.ones(2, 4).to(getattr(torch, given))
    ours, theirs = Dense(3, dtype=policy), real_keras.layers.Dense(3, dtype=policy)
    y, z = ours(x), theirs(x)
    assert y.dtype is z.dtype
    for name in ("dtype", "variable_dtype", "compute_dtype", "input_dtype"):
        assert getattr(ours, name) == getattr(theirs, name), name
    assert {v.dtype for v in ours.weights} == {real_keras.backend.standardize_dtype(v.dtype) for v in theirs.weights}
    assert ours(x).dtype is y.dtype


def test_mixed_numbers_are_close_to_full_ones():
    x = torch.randn(8, 16)
    full, mixed = Dense(4), Dense(4, dtype="mixed_bfloat16")
    full(x), mixed(x)
    mixed.set_weights(full.get_weights())
    torch.testing.assert_close(mixed(x).float(), full(x), rtol=0.02, atol=0.05)


def test_gradients_have_the_dtype_of_the_weights():
    layer = Dense(3, dtype="mixed_bfloat16")
    layer(torch.randn(2, 4)).sum().backward()
    assert layer.linear.weight.grad.dtype is torch.float32


def test_inputs_are_cast_unless_autocast_is_off():
    class Sees(Layer):
        def call(self, inputs):
            self.__dict__["seen"] = inputs.dtype
            return inputs

    x = torch.zeros(1, 2)
    for autocast, wanted in ((True, torch.bfloat16), (False, torch.float32)):
        layer = Sees(dtype="mixed_bfloat16", autocast=autocast)
        layer(x)
        assert layer.seen is wanted
    layer = Sees(autocast=False)
    layer(x.double())
    assert layer.seen is torch.float64


def test_integers_are_not_cast_where_the_layer_takes_them():
    y = layers.Embedding(5, 3, dtype="mixed_bfloat16")(torch.tensor([[1, 2]]))
    assert y.dtype is torch.bfloat16


def test_a_mixed_model_keeps_full_weights(real_keras):
    def make(K):
        return K.Sequential(
            [
                K.Input((6,)),
                K.layers.Dense(8, activation="relu", dtype="mixed_bfloat16"),
                K.layers.BatchNormalization(dtype="mixed_bfloat16"),
                K.layers.Dense(3, activation="softmax", dtype="float32"),
            ]
        )

    ours, theirs = make(torchkeras_compat), make(real_keras)
    ours.set_weights(theirs.get_weights())
    x = np.random.default_rng(0).normal(size=(4, 6)).astype("float32")
    y, z = ours(x), theirs(x)
    assert y.dtype is z.dtype is torch.float32
    np.testing.assert_allclose(y.detach().numpy(), z.detach().numpy(), rtol=0.05, atol=0.01)
    assert {v.dtype for v in ours.weights} == {"float32"}


def test_the_global_policy_is_that_of_new_layers():
    before = dtype_policy()
    set_dtype_policy("mixed_bfloat16")
    try:
        model = Sequential([Input((4,)), Dense(3), Dense(2, dtype="float32")])
    finally:
        set_dtype_policy(before)
    assert [layer.compute_dtype for layer in model.layers] == ["bfloat16", "float32"]
    assert model(torch.zeros(1, 4)).dtype is torch.float32
    assert Dense(1).compute_dtype == "float32"


def test_a_mixed_model_trains():
    model = Sequential([Input((4,)), Dense(8, activation="relu"), Dense(1, dtype="float32")])
    model.layers[0].dtype_policy = "mixed_bfloat16"
    model.compile("sgd", loss="mse")
    x = np.random.default_rng(0).normal(size=(32, 4)).astype("float32")
    losses = model.fit(x, x.sum(1, keepdims=True), epochs=5, verbose=0).history["loss"]
    assert losses[-1] < losses[0]
    assert {p.dtype for p in model.parameters()} == {torch.float32}


def test_a_policy_for_some_layers():
    policy = DTypePolicyMap(default_policy="float32")
    policy["first"] = "mixed_bfloat16"
    model = Sequential([Dense(3, name="first", dtype=policy), Dense(2, name="second", dtype=policy)])
    model.layers[0](torch.zeros(1, 4))
    assert model.layers[0].compute_dtype == "bfloat16"
    assert model.layers[1].compute_dtype == "float32"


def test_to_a_torch_dtype_changes_the_policy():
    layer = Dense(3)
    layer(torch.zeros(1, 4))
    layer.to(torch.bfloat16)
    assert layer.dtype_policy.name == "bfloat16"
    assert layer(torch.zeros(1, 4)).dtype is torch.bfloat16
    assert layer.half().compute_dtype == "float16"
    assert layer.to("meta").compute_dtype == "float16"


def test_an_unknown_policy_is_refused():
    with pytest.raises(ValueError, match="mixed_flaot16"):
        Dense(1, dtype="mixed_flaot16")
