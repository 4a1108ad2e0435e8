"""`GRU` against real Keras: outputs, states and gradients over a grid of arguments."""

from __future__ import annotations

from typing import Any

import pytest

from tests.layers.rnn.checks import MASKS, check_against_keras

KINDS: dict[str, dict[str, Any]] = {
    "gru": {},
    "gru_without_bias": {"use_bias": False},
    "gru_reset_before": {"reset_after": False},
    "gru_reset_before_without_bias": {"reset_after": False, "use_bias": False},
    "gru_softsign": {"activation": "softsign"},
    "gru_loop": {"use_cudnn": False},
}


@pytest.mark.parametrize("masks", MASKS)
@pytest.mark.parametrize("kind", KINDS)
def test_outputs_states_and_gradients_are_those_of_keras(real_keras: Any, kind: str, masks: str) -> None:
    check_against_keras("GRU", KINDS[kind], masks, real_keras)
