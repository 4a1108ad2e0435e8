"""`tf.nn`, convolution: values of TensorFlow 2.15.1."""

from __future__ import annotations

from typing import Any

import pytest

from torchkeras_compat.dialects.tensorflow.nn import convolution
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


def test_numbers_are_those_of_tensorflow(expression: str, check: Any) -> None:
    check(convolution, expression)


def test_bad_arguments_are_refused() -> None:
    x = KerasTensor((None, 4, 4, 1))
    with pytest.raises(ValueError, match="strides"):
        convolution.conv2d(x, [[[[1.0]]]], [2, 2, 2, 1], "SAME")
    with pytest.raises(ValueError, match="NXC"):
        convolution.conv2d(x, [[[[1.0]]]], 1, "SAME", data_format="NXC")


def test_calls_are_recorded() -> None:
    x = KerasTensor((None, 4, 4, 1))
    assert convolution.conv2d(x, [[[[1.0, 2.0]]]], 2, "SAME").shape == (None, 2, 2, 2)
