"""A `Sequential` by position, against `torch.nn.Sequential`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

import torchkeras_compat as keras
from torchkeras_compat import layers


@pytest.fixture
def model() -> keras.Sequential:
    return keras.Sequential(
        [keras.Input((4,)), layers.Dense(5, name="a"), nn.ReLU(), layers.Dense(3, name="b"), layers.Dense(2, name="c")]
    )


@pytest.fixture
def x() -> torch.Tensor:
    return torch.randn(6, 4)


def test_layers_are_found_by_position(model: Any) -> None:
    plain = nn.Sequential(*model.layers)
    assert len(model) == len(plain) == 4
    assert list(model) == list(plain) == model.layers
    assert model[0] is plain[0]
    assert model[-1] is plain[-1]
    assert model.layers[2] in model
    assert [layer.name for layer in reversed(model)][:2] == ["c", "b"]
    assert len(keras.Sequential()) == 0
    assert keras.Sequential()  # a model, though it has no layers
    with pytest.raises(IndexError, match="has 4 layers. Received index 4"):
        model[4]
    with pytest.raises(TypeError, match="cannot be interpreted as an integer"):
        model["a"]


@pytest.mark.parametrize("index", [slice(None, 2), slice(1, None), slice(1, 3), slice(None)])
def test_a_slice_is_a_built_model_of_the_same_layers(model: Any, x: torch.Tensor, index: slice) -> None:
    part = model[index]
    assert part.layers == list(nn.Sequential(*model.layers)[index])
    assert part.built
    start = model[: index.start](x) if index.start else x
    expected = start
    for layer in model.layers[index]:
        expected = layer(expected)
    assert torch.equal(part(start), expected)
    assert torch.equal(model[2:](model[:2](x)), model(x))
    assert model.output_shape == (None, 2)


def test_a_slice_keeps_the_mode(x: torch.Tensor) -> None:
    model = keras.Sequential([keras.Input((4,)), layers.Dropout(0.5), layers.Dense(2)])
    model.train()
    assert model[:1].training
    assert model.layers[0].training
    model.eval()
    assert torch.equal(model[:1](x), x)
    assert len(model[2:]) == 0


def test_slices_of_a_model_of_unknown_shape_are_built_by_their_first_call(x: torch.Tensor) -> None:
    model = keras.Sequential([layers.Dense(5), layers.Dense(2)])
    part = model[:1]
    assert not part.built
    assert part(x).shape == (6, 5)
    assert part.layers[0] is model.layers[0]


def test_a_layer_is_replaced(model: Any, x: torch.Tensor, tmp_path: Any) -> None:
    new = layers.Dense(7, name="new")
    model[-1] = new
    assert model[-1] is new
    assert model(x).shape == (6, 7)
    assert model.output_shape == (None, 7)
    model[1] = nn.Tanh()
    assert torch.equal(model[:2](x), model[0](x).tanh())
    with pytest.raises(ValueError, match="cannot run Dense in place of its layer"):
        model[0] = layers.Dense(6)
    assert model(x).shape == (6, 7)
    model.compile("sgd", "mse")
    model.fit(x, torch.zeros(6, 7), verbose=0)
    model.save_weights(tmp_path / "model.weights.h5")


def test_layers_are_taken_out(model: Any, x: torch.Tensor) -> None:
    del model[-1]
    assert model.output_shape == (None, 3)
    assert len(model.weights) == 4
    assert len(list(model.parameters())) == 4
    before, weights = model(x), model.get_weights()
    with pytest.raises(ValueError, match="do not fit each other without those at 0"):
        del model[0]
    assert torch.equal(model(x), before)
    for a, b in zip(weights, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    del model[1:]
    assert [layer.name for layer in model] == ["a"]
    assert torch.equal(model(x), model[0](x))
