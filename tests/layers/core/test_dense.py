"""`Dense` beside real Keras and plain torch."""

from __future__ import annotations

import copy
import pickle
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from torchkeras_compat import Input, Model, layers

ARGUMENTS: list[dict[str, Any]] = [
    {},
    {"activation": "relu"},
    {"activation": "softmax"},
    {"use_bias": False},
    {"bias_initializer": "ones", "kernel_regularizer": "l2", "activity_regularizer": "l1"},
]


@pytest.mark.parametrize("arguments", ARGUMENTS, ids=str)
@pytest.mark.parametrize("shape", [(2, 4), (2, 3, 4)], ids=str)
def test_outputs_gradients_and_losses_are_those_of_keras(
    arguments: dict[str, Any], shape: tuple[int, ...], real_keras: ModuleType
) -> None:
    x = np.random.RandomState(0).normal(size=shape).astype("float32")
    layer, twin = layers.Dense(3, **arguments), real_keras.layers.Dense(3, **arguments)
    layer.build(shape)
    twin.build(shape)
    twin.set_weights(layer.get_weights())
    found, expected = layer(x), twin(x)
    torch.testing.assert_close(found, expected)
    found.square().sum().backward()
    expected.square().sum().backward()
    for ours, theirs in zip(layer.weights, twin.weights, strict=True):
        np.testing.assert_allclose(_gradient(ours), theirs.value.grad, rtol=1e-4, atol=1e-6)
    assert [v.item() for v in layer.losses] == pytest.approx([v.item() for v in twin.losses], rel=1e-5)


def _gradient(variable: Any) -> np.ndarray:
    """The gradient in Keras's layout."""
    gradient = variable.parameters[0].grad
    return (gradient.t() if gradient.ndim == 2 else gradient).numpy()


@pytest.mark.parametrize("arguments", ARGUMENTS[:-1], ids=str)
def test_the_config_makes_an_equal_layer_here_and_in_keras(arguments: dict[str, Any], real_keras: ModuleType) -> None:
    layer = layers.Dense(3, **arguments, name="same")
    config = layer.get_config()
    assert layers.Dense.from_config(config).get_config() == config
    theirs = real_keras.layers.Dense.from_config(config).get_config()
    assert {key: theirs[key] for key in config} == config


def test_kernel_follows_the_linear_weight() -> None:
    layer = layers.Dense(3)
    layer.build((None, 4))
    assert isinstance(layer.linear, nn.Linear)
    with torch.no_grad():
        layer.linear.weight.fill_(2.0)
    assert layer.kernel.shape == (4, 3)
    np.testing.assert_array_equal(layer.kernel.numpy(), np.full((4, 3), 2.0, "float32"))
    x = torch.randn(2, 4)
    torch.testing.assert_close(layer(x), layer.linear(x))


def test_masks_integers_and_unknown_batches_pass() -> None:
    embedded = layers.Embedding(5, 4, mask_zero=True)(np.array([[1, 2, 0]]))
    outputs = layers.Dense(3)(embedded)
    assert outputs._keras_mask.tolist() == [[True, True, False]]
    assert layers.Dense(2)(np.array([[1, 2]])).dtype is torch.float32
    x = Input((4,))
    y = layers.Dense(3, dtype="mixed_bfloat16")(x)
    assert y.shape == (None, 3) and y.dtype == "bfloat16"
    model = Model(x, y)
    for batch in (1, 5):
        assert model(torch.zeros(batch, 4)).shape == (batch, 3)
    assert model(torch.zeros(2, 4)).dtype is torch.bfloat16
    assert model.layers[1].kernel.dtype == "float32"


def test_copies_compute_the_same() -> None:
    layer = layers.Dense(3, activation="tanh")
    x = torch.randn(2, 4)
    expected = layer(x)
    for twin in (copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))):
        torch.testing.assert_close(twin(x), expected)
        assert twin.kernel.parameters[0] is twin.linear.weight


@pytest.mark.parametrize("units", [0, -1, 2.5, None, True, "3"])
def test_units_must_be_a_positive_int(units: Any) -> None:
    with pytest.raises(ValueError, match=f"units={units}"):
        layers.Dense(units)


def test_inputs_that_do_not_fit_are_refused() -> None:
    layer = layers.Dense(3)
    layer.build((None, 4))
    with pytest.raises(ValueError, match=r"\(2, 5\)"):
        layer(torch.zeros(2, 5))
    with pytest.raises(ValueError, match="last axis"):
        layers.Dense(3).build((None, None))
    with pytest.raises(ValueError, match="rank of LoRA is a positive int. Received: rank=0"):
        layers.Dense(3, lora_rank=0)


@pytest.mark.parametrize("kind", ["Dense", "EinsumDense"])
def test_a_subclass_passes_the_mode_on_as_in_keras(kind: str, real_keras: ModuleType) -> None:
    arguments: dict[str, Any] = {"equation": "ab,bc->ac", "output_shape": 3} if kind == "EinsumDense" else {"units": 3}
    x = np.ones((2, 4), "float32")
    found = []
    for namespace in (layers, real_keras.layers):

        class Noisy(getattr(namespace, kind)):
            def call(self, inputs: Any, training: Any = None) -> Any:
                return super().call(inputs, training=training) + (1.0 if training else 0.0)

        layer = Noisy(kernel_initializer="ones", **arguments)
        found.append([layer(x, training=mode).detach().numpy() for mode in (None, True, False)])
    np.testing.assert_allclose(found[0], found[1])
