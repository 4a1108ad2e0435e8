"""Activations that are assigned to a layer that has computed. Oracle: real Keras, and a layer made with them."""

from __future__ import annotations

import copy
import pickle
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from torchkeras_compat import Input, Model, activations, layers, saving

CASES: list[tuple[str, dict[str, Any], tuple[int, ...]]] = [
    ("Dense", {"units": 3}, (4,)),
    ("EinsumDense", {"equation": "ab,bc->ac", "output_shape": 3}, (4,)),
    ("Activation", {}, (4,)),
    ("Conv1D", {"filters": 2, "kernel_size": 2}, (5, 3)),
    ("Conv2D", {"filters": 2, "kernel_size": 2}, (5, 5, 3)),
    ("Conv3D", {"filters": 2, "kernel_size": 2}, (3, 3, 3, 1)),
    ("DepthwiseConv1D", {"kernel_size": 2}, (5, 3)),
    ("DepthwiseConv2D", {"kernel_size": 2}, (5, 5, 3)),
    ("SeparableConv1D", {"filters": 2, "kernel_size": 2}, (5, 3)),
    ("SeparableConv2D", {"filters": 2, "kernel_size": 2}, (5, 5, 3)),
    ("Conv1DTranspose", {"filters": 2, "kernel_size": 2}, (5, 3)),
    ("Conv2DTranspose", {"filters": 2, "kernel_size": 2}, (5, 5, 3)),
    ("Conv3DTranspose", {"filters": 2, "kernel_size": 2}, (2, 2, 2, 1)),
]


@pytest.mark.parametrize("name, arguments, shape", CASES, ids=[case[0] for case in CASES])
def test_an_activation_assigned_to_a_layer_of_a_model_counts_as_in_keras(
    name: str, arguments: dict[str, Any], shape: tuple[int, ...], real_keras: ModuleType
) -> None:
    x = np.random.default_rng(0).normal(size=(2, *shape)).astype("float32")
    results = []
    for keras in (real_keras, None):
        kinds, functions = (keras.layers, keras.activations) if keras else (layers, activations)
        inputs = keras.Input(shape) if keras else Input(shape)
        layer = getattr(kinds, name)(activation="tanh", **arguments)
        model = keras.Model(inputs, layer(inputs)) if keras else Model(inputs, layer(inputs))
        rng = np.random.default_rng(1)
        model.set_weights([rng.normal(size=w.shape) for w in model.get_weights()])
        model.predict(x, verbose=0)
        for function in ("relu", "linear", "sigmoid", "softmax"):
            layer.activation = getattr(functions, function)
            results.append((function, model.predict(x, verbose=0)))
    for (function, expected), (_, found) in zip(results[:4], results[4:], strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-5, err_msg=function)


def test_a_classifier_without_its_softmax_gives_logits() -> None:
    """``model.layers[-1].activation = None``, as in recipes for class activation maps."""
    inputs = Input((3,))
    model = Model(inputs, layers.Dense(2, activation="softmax")(inputs))
    layer, x = model.layers[-1], np.ones((1, 3), "float32")
    model.predict(x, verbose=0)
    layer.activation = None
    np.testing.assert_allclose(model.predict(x, verbose=0), x @ layer.get_weights()[0], atol=1e-6)
    assert layer.activation is None
    assert Model.from_config(model.get_config()).layers[-1].activation is activations.linear


def test_names_and_torch_modules_may_be_assigned() -> None:
    layer = layers.Dense(2, kernel_initializer="ones")
    x = -torch.ones(1, 3)
    layer(x)
    layer.activation = "relu"
    assert layer.activation is activations.relu
    assert layer.get_config()["activation"] == "relu"
    assert layer(x).tolist() == [[0.0, 0.0]]
    layer.activation = nn.PReLU(init=0.5)
    assert layer(x).tolist() == [[-1.5, -1.5]]
    assert "activation.weight" in layer.state_dict()
    layer.activation = activations.linear
    assert "activation.weight" not in layer.state_dict()
    assert layer(x).tolist() == [[-3.0, -3.0]]


def test_copies_keep_the_activation_that_was_assigned(tmp_path: Any) -> None:
    layer = layers.Dense(2)
    x = torch.full((1, 3), 5.0)
    layer(x)
    layer.activation = activations.sigmoid
    expected = layer(x)
    assert torch.equal(copy.deepcopy(layer)(x), expected)
    assert torch.equal(pickle.loads(pickle.dumps(layer))(x), expected)
    inputs = Input((3,))
    model = Model(inputs, layer(inputs))
    model.save(tmp_path / "m.keras")
    assert torch.equal(saving.load_model(tmp_path / "m.keras")(x), expected)
