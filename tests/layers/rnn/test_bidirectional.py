"""`Bidirectional` against real Keras."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
import torch

from tests.layers.rnn.checks import SHAPE, random, with_same_weights
from torchkeras_compat import layers, models

MASKS = {"none": None, "holes": np.array([[1, 0, 1, 0, 0, 1], [1, 1, 1, 1, 1, 1], [0, 0, 0, 0, 0, 0]], bool)}


@pytest.mark.parametrize("merge_mode", ["concat", "sum", "ave", "mul", None])
@pytest.mark.parametrize("name", ["LSTM", "GRU", "SimpleRNN"])
def test_outputs_and_states_are_those_of_keras(real_keras: Any, name: str, merge_mode: str | None) -> None:
    for arguments, mask, has_start in itertools.product(
        ({}, {"return_sequences": True}, {"return_sequences": True, "return_state": True}),
        MASKS.values(),
        (False, True),
    ):
        real = real_keras.layers.Bidirectional(getattr(real_keras.layers, name)(4, **arguments), merge_mode=merge_mode)
        ours = layers.Bidirectional(getattr(layers, name)(4, **arguments), merge_mode=merge_mode)
        with_same_weights(real, ours)
        x = random(*SHAPE)
        start = [random(3, 4) for _ in range(4 if name == "LSTM" else 2)] if has_start else None
        expected, found = real(x, mask=mask, initial_state=start), ours(x, mask=mask, initial_state=start)
        assert isinstance(found, tuple) == isinstance(expected, (tuple, list))
        if not isinstance(found, tuple):
            expected, found = [expected], [found]
        for e, f in zip(expected, found, strict=True):
            torch.testing.assert_close(f, e, atol=2e-6, rtol=1e-5)
        assert real.compute_output_shape(SHAPE) == ours.compute_output_shape(SHAPE)


def test_paths_and_names_are_those_of_keras(real_keras: Any) -> None:
    real = real_keras.layers.Bidirectional(real_keras.layers.LSTM(4, name="inner"), name="outer")
    ours = layers.Bidirectional(layers.LSTM(4, name="inner"), name="outer")
    with_same_weights(real, ours)
    assert [v.path for v in ours.weights] == [v.path for v in real.weights]
    config = layers.Bidirectional(layers.LSTM(4, name="inner"), merge_mode="sum").get_config()
    assert layers.Bidirectional.from_config(config).get_config() == config
    assert real_keras.layers.Bidirectional.from_config(ours.get_config()).forward_layer.name == "forward_inner"


def test_another_layer_may_go_backwards(real_keras: Any) -> None:
    made = []
    for space in (real_keras.layers, layers):
        backward = space.GRU(4, go_backwards=True, name="other")
        made.append(space.Bidirectional(space.LSTM(4), backward_layer=backward, merge_mode="sum"))
    real, ours = made
    with_same_weights(real, ours)
    x = random(*SHAPE)
    torch.testing.assert_close(ours(x), real(x), atol=2e-6, rtol=1e-5)
    assert ours.backward_layer.name == "other"


def test_states_are_kept_and_reset(real_keras: Any) -> None:
    real = real_keras.layers.Bidirectional(real_keras.layers.LSTM(4, stateful=True))
    ours = layers.Bidirectional(layers.LSTM(4, stateful=True))
    with_same_weights(real, ours)
    x = random(*SHAPE)
    for _ in range(2):
        torch.testing.assert_close(ours(x), real(x), atol=2e-6, rtol=1e-5)
    assert len(ours.states) == 4
    ours.reset_states()
    real.reset_state()
    torch.testing.assert_close(ours(x), real(x), atol=2e-6, rtol=1e-5)


def test_masks_of_the_outputs(real_keras: Any) -> None:
    mask = torch.ones(3, 6, dtype=torch.bool)
    for merge_mode, arguments in itertools.product(
        ("concat", None), ({}, {"return_sequences": True}, {"return_state": True, "return_sequences": True})
    ):
        real = real_keras.layers.Bidirectional(real_keras.layers.LSTM(4, **arguments), merge_mode=merge_mode)
        ours = layers.Bidirectional(layers.LSTM(4, **arguments), merge_mode=merge_mode)
        expected, found = real.compute_mask(None, mask), ours.compute_mask(None, mask)
        if not isinstance(expected, (list, tuple)):
            expected, found = [expected], [found]
        assert all(f is e for e, f in zip(expected, found, strict=True))


def test_weights_may_be_given() -> None:
    first = layers.Bidirectional(layers.LSTM(4))
    x = torch.randn(*SHAPE)
    expected = first(x)
    assert torch.equal(layers.Bidirectional(layers.LSTM(4), weights=first.get_weights())(x), expected)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"layer": 3}, "Received: 3"),
        ({"layer": layers.Dense(2)}, "Dense has no `go_backwards`"),
        ({"layer": layers.LSTM(2), "merge_mode": "max"}, "Received: max"),
        ({"layer": layers.LSTM(2), "backward_layer": 3}, "Received: 3"),
        ({"layer": layers.LSTM(2), "backward_layer": layers.LSTM(2)}, "go_backwards=False"),
        (
            {"layer": layers.LSTM(2), "backward_layer": layers.LSTM(2, go_backwards=True, return_state=True)},
            'got "False" for forward layer and "True"',
        ),
    ],
)
def test_layers_that_do_not_fit_are_refused(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        layers.Bidirectional(**arguments)


def test_a_layer_that_goes_backwards_swaps_the_directions() -> None:
    layer = layers.Bidirectional(layers.LSTM(4, go_backwards=True, return_sequences=True))
    swapped = layers.Bidirectional(layers.LSTM(4, return_sequences=True))
    x = torch.randn(*SHAPE)
    y = layer(x)
    swapped(x)
    swapped.set_weights(layer.get_weights()[3:] + layer.get_weights()[:3])
    assert torch.equal(y, swapped(x).roll(4, -1))


def test_an_odd_number_of_states_is_refused() -> None:
    with pytest.raises(ValueError, match="Received 3 states"):
        layers.Bidirectional(layers.LSTM(4))(torch.zeros(*SHAPE), initial_state=[torch.zeros(3, 4)] * 3)


def test_cells_of_both_directions_come_back_from_files(tmp_path):
    model = models.Sequential([layers.Input((4, 5)), layers.Bidirectional(layers.RNN(layers.LSTMCell(3)))])
    model.save(tmp_path / "m.keras")
    again = models.load_model(tmp_path / "m.keras")
    found = again.layers[-1]
    assert found.forward_layer.cell is not found.backward_layer.cell
    assert [w.tolist() for w in again.get_weights()] == [w.tolist() for w in model.get_weights()]


def test_both_widths_are_counted():
    layer = layers.Bidirectional(layers.LSTM(3), backward_layer=layers.GRU(4, go_backwards=True))
    assert layer.compute_output_shape((None, 4, 5)) == (None, 7)
    assert layer(torch.zeros(2, 4, 5)).shape == (2, 7)
