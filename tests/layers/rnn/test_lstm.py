"""`LSTM` against real Keras: outputs, states and gradients over a grid of arguments."""

from __future__ import annotations

from typing import Any

import pytest

from tests.layers.rnn.checks import MASKS, check_against_keras

KINDS: dict[str, dict[str, Any]] = {
    "lstm": {},
    "lstm_without_bias": {"use_bias": False},
    "lstm_hard": {"recurrent_activation": "hard_sigmoid"},
    "lstm_loop": {"use_cudnn": False},
}


@pytest.mark.parametrize("masks", MASKS)
@pytest.mark.parametrize("kind", KINDS)
def test_outputs_states_and_gradients_are_those_of_keras(real_keras: Any, kind: str, masks: str) -> None:
    check_against_keras("LSTM", KINDS[kind], masks, real_keras)
