"""`LSTMCell`, `GRUCell`, `SimpleRNNCell`: one step, and the torch module of the weights."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from tests.layers.rnn.checks import FEATURES, SHAPE, UNITS, leaves, random, with_same_weights
from torchkeras_compat import layers


@pytest.mark.parametrize("name", ["LSTMCell", "GRUCell", "SimpleRNNCell"])
def test_one_step_of_a_cell_is_that_of_keras(real_keras: Any, name: str) -> None:
    real, ours = getattr(real_keras.layers, name)(4), getattr(layers, name)(4)
    with_same_weights(real, ours, (3, 5))
    x = random(3, 5)
    states = [random(3, 4) for _ in real.get_initial_state(3)]
    expected, found = real(x, states), ours(x, states)
    for e, f in zip(leaves(expected), leaves(found), strict=True):
        torch.testing.assert_close(f, e, atol=1e-6, rtol=1e-5)
    assert [tuple(s.shape) for s in ours.get_initial_state(3)] == [tuple(s.shape) for s in real.get_initial_state(3)]
    assert (ours.state_size, ours.output_size) == (real.state_size, real.output_size)


def test_a_subclass_of_a_cell_is_run_as_it_is_written() -> None:
    class Halved(layers.LSTMCell):
        def call(self, inputs: Any, states: Any, training: bool = False) -> Any:
            output, states = super().call(inputs, states, training)
            return output / 2, states

    halved, plain = layers.RNN(Halved(3)), layers.RNN(layers.LSTMCell(3))
    x = torch.randn(*SHAPE)
    halved(x), plain(x)
    plain.set_weights(halved.get_weights())
    torch.testing.assert_close(halved(x), plain(x) / 2)


def test_the_second_bias_is_not_a_parameter() -> None:
    layer = layers.LSTM(UNITS)
    layer.build((None, None, FEATURES))
    assert [n for n, _ in layer.named_parameters()] == [
        f"cell.lstm.{n}" for n in ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0")
    ]
    assert not layer.module.bias_hh_l0.any()
    plain = torch.nn.LSTM(FEATURES, UNITS, batch_first=True)
    layer.module.load_state_dict(plain.state_dict())
    x = torch.randn(*SHAPE)
    assert torch.equal(layer(x), plain(x)[0][:, -1])
