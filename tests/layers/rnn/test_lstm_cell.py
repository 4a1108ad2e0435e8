"""`LSTMCell`: the first value of its bias."""

from __future__ import annotations

from torchkeras_compat import layers


def test_the_forget_gate_starts_open() -> None:
    layer = layers.LSTM(2, bias_initializer="zeros")
    layer.build((None, None, 3))
    assert layer.cell.bias.numpy().tolist() == [0, 0, 1, 1, 0, 0, 0, 0]
