"""Dropout of inputs and states: the masks given, against real Keras; the masks drawn, by their properties."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from tests.layers.rnn.checks import SHAPE, UNITS, random, with_same_weights
from torchkeras_compat import initializers, layers

MASK = np.array([[1, 0, 1, 0, 0, 1], [1, 1, 1, 1, 1, 1], [1, 1, 0, 0, 0, 0]], bool)


@pytest.mark.parametrize(
    ("name", "arguments", "recurrent"),
    [
        ("LSTM", {}, 0.0),
        ("LSTM", {}, 0.5),
        ("LSTM", {"implementation": 1, "use_cudnn": False}, 0.0),
        ("GRU", {}, 0.0),
        ("GRU", {}, 0.5),
        ("GRU", {"implementation": 1, "use_cudnn": False}, 0.0),
        ("GRU", {"reset_after": False}, 0.5),
        ("GRU", {"reset_after": False, "use_bias": False}, 0.5),
        ("SimpleRNN", {}, 0.0),
        ("SimpleRNN", {}, 0.5),
    ],
)
def test_given_masks_drop_what_keras_drops(
    real_keras: Any, name: str, arguments: dict[str, Any], recurrent: float
) -> None:
    kwargs: dict[str, Any] = {"dropout": 0.5, "recurrent_dropout": recurrent, "return_sequences": True, **arguments}
    real, ours = getattr(real_keras.layers, name)(UNITS, **kwargs), getattr(layers, name)(UNITS, **kwargs)
    with_same_weights(real, ours)
    probe = real.cell.get_dropout_mask(torch.ones(3, 5))
    count = len(probe) if isinstance(probe, list) else None
    assert ours.cell.dropout_mask_count == count

    def masks(size: int) -> Any:
        drawn = [torch.tensor(2.0 * (np.random.random((3, size)) > 0.5).astype("float32")) for _ in range(count or 1)]
        return drawn if count else drawn[0]

    of_inputs, of_state = masks(5), masks(UNITS)
    for cell in (real.cell, ours.cell):
        cell.get_dropout_mask = lambda x: of_inputs
        if recurrent:
            cell.get_recurrent_dropout_mask = lambda x: of_state
    x = random(*SHAPE)
    for mask in (None, MASK):
        expected, found = real(x, training=True, mask=mask), ours(x, training=True, mask=mask)
        torch.testing.assert_close(found, expected, atol=2e-6, rtol=1e-5)
        torch.testing.assert_close(ours(x, mask=mask), real(x, mask=mask), atol=2e-6, rtol=1e-5)


def test_the_same_inputs_are_dropped_at_every_step_of_a_call() -> None:
    layer = layers.SimpleRNN(
        1,
        activation="linear",
        dropout=0.5,
        kernel_initializer="ones",
        recurrent_initializer="zeros",
        return_sequences=True,
    )
    x = torch.ones(50, 4, 8)
    first, second = layer(x, training=True), layer(x, training=True)
    assert (first == first[:, :1]).all()
    assert not torch.equal(first, second)
    assert 6 < first.mean() < 10
    assert (layer(x) == 8).all()


@pytest.mark.parametrize("name", ["LSTM", "GRU", "SimpleRNN"])
def test_a_seed_makes_the_masks_reproducible(name: str) -> None:
    x, outputs, small = torch.ones(3, 4, 8), [], initializers.Constant(0.1)
    for _ in range(2):
        layer = getattr(layers, name)(
            4, dropout=0.5, recurrent_dropout=0.5, seed=3, kernel_initializer=small, recurrent_initializer=small
        )
        outputs.append([layer(x, training=True) for _ in range(2)])
    assert torch.equal(outputs[0][0], outputs[1][0])
    assert torch.equal(outputs[0][1], outputs[1][1])
    assert not torch.equal(outputs[0][0], outputs[0][1])


def test_fractions_are_clipped() -> None:
    assert layers.LSTM(2, dropout=1.5).dropout == 1.0
    assert layers.LSTM(2, recurrent_dropout=-1).recurrent_dropout == 0.0
