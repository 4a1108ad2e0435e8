"""`ConvLSTMCell`: a step alone, in `RNN`, and what it refuses. The numbers are tested with the layers."""

from __future__ import annotations

import pytest
import torch

from torchkeras_compat import layers
from torchkeras_compat.layers.rnn.conv_lstm_cell import ConvLSTMCell


def test_steps_are_the_sequence() -> None:
    cell = ConvLSTMCell(1, 3, 2, padding="same", strides=2)
    cell.build((None, 7, 2))
    x = torch.randn(2, 4, 7, 2)
    states = cell.get_initial_state(2)
    for step in x.unbind(1):
        output, states = cell(step, states)
    outputs, last = cell.run(x, None, None, False, True, True, True)
    torch.testing.assert_close(outputs[:, -1], output)
    torch.testing.assert_close(last, states)
    assert output.shape == (2, 4, 3)


def test_the_weights_are_those_of_the_torch_modules() -> None:
    cell = ConvLSTMCell(2, 3, 2)
    cell.build((None, 4, 4, 2))
    assert cell.kernel.parameter is cell.input_conv.weight and cell.kernel.shape == (2, 2, 2, 12)
    assert cell.recurrent_kernel.parameter is cell.recurrent_conv.weight
    assert cell.bias is not None and cell.bias.numpy().tolist() == [0] * 3 + [1] * 3 + [0] * 6


def test_a_subclass_computes_what_it_says() -> None:
    class Twice(layers.ConvLSTM1D):
        def call(self, sequences, **kwargs):
            return 2 * super().call(sequences, **kwargs)

    layer = Twice(2, 2)
    x = torch.randn(1, 3, 4, 1)
    plain = layers.ConvLSTM1D(2, 2)
    plain.build(x.shape)
    layer.build(x.shape)
    layer.set_weights(plain.get_weights())
    torch.testing.assert_close(layer(x), 2 * plain(x))


def test_a_rank_without_convolution_is_refused() -> None:
    with pytest.raises(ValueError, match="rank=4"):
        ConvLSTMCell(4, 2, 2)
