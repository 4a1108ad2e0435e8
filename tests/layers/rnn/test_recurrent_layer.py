"""What `SimpleRNN`, `LSTM` and `GRU` have in common: weights and configs of Keras, the torch module behind."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from tests.layers.rnn.checks import SHAPE, UNITS, pair
from torchkeras_compat import layers


@pytest.mark.parametrize("name", ["LSTM", "GRU", "SimpleRNN"])
def test_weights_and_paths_are_those_of_keras(real_keras: Any, name: str) -> None:
    real, ours = pair(real_keras, name, name="layer")
    assert [v.path for v in ours.weights] == [v.path for v in real.weights]
    assert [v.shape for v in ours.weights] == [tuple(v.shape) for v in real.weights]
    assert ours.count_params() == sum(p.numel() for p in ours.parameters())
    for a, b in zip(real.get_weights(), ours.get_weights(), strict=True):
        np.testing.assert_array_equal(b, a)


@pytest.mark.parametrize("name", ["LSTM", "GRU", "SimpleRNN"])
def test_the_config_makes_the_layer_again_here_and_in_keras(real_keras: Any, name: str) -> None:
    layer = getattr(layers, name)(
        3,
        kernel_regularizer="l2",
        dropout=0.1,
        return_sequences=True,
        go_backwards=True,
        bias_constraint="nonneg",
        seed=3,
    )
    config = layer.get_config()
    assert type(layer).from_config(config).get_config() == config
    again = getattr(real_keras.layers, name).from_config(config)
    expected = again.get_config()
    compared = [k for k in expected if k != "dtype" and not k.endswith("initializer")]
    assert {k: config[k] for k in compared} == {k: expected[k] for k in compared}


@pytest.mark.parametrize("name", ["LSTM", "GRU", "SimpleRNN"])
def test_a_call_is_that_of_the_torch_module(name: str) -> None:
    layer = getattr(layers, name)(UNITS, return_sequences=True)
    x = torch.randn(*SHAPE)
    found = layer(x)
    assert type(layer.module).__name__ == {"SimpleRNN": "RNN"}.get(name, name)
    assert torch.equal(found, layer.module(x)[0])
