"""Recurrent layers of Keras 1 and 2."""

from __future__ import annotations

import pytest

from torchkeras_compat.dialects.adapters.recurrent import conv_lstm, lstm, recurrent
from torchkeras_compat.legacy.initializers import keras1


def test_the_shape_of_a_step_and_how_it_is_computed() -> None:
    found = recurrent({"units": 3, "input_dim": 4, "consume_less": "gpu", "implementation": 0}, "keras2")
    assert found == {"units": 3, "input_shape": (None, 4)}
    assert recurrent({"input_dim": 4, "input_length": 7}, "keras2") == {"input_shape": (7, 4)}


@pytest.mark.parametrize(
    ("start", "is_open"), [("one", True), ("zero", False), (keras1.one, True), (keras1.zero, False)]
)
def test_the_forget_gate(start: object, is_open: bool) -> None:
    assert lstm({"forget_bias_init": start}, "keras1")["unit_forget_bias"] is is_open


def test_another_start_of_the_forget_gate() -> None:
    with pytest.raises(ValueError, match="forget_bias_init='uniform'"):
        lstm({"forget_bias_init": "uniform"}, "keras1")


def test_the_kernel_of_a_convolutional_lstm() -> None:
    found = conv_lstm({"nb_row": 3, "nb_col": 2, "forget_bias_init": "one"}, "keras1")
    assert found["kernel_size"] == (3, 2) and found["unit_forget_bias"] and found["inner_init"].gain == 1.1
