"""`tf.nn`, activations: values of TensorFlow 2.15.1."""

from __future__ import annotations

from typing import Any

import pytest

from torchkeras_compat.dialects.tensorflow.nn import activations
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


def test_numbers_are_those_of_tensorflow(expression: str, check: Any) -> None:
    check(activations, expression)


@pytest.mark.parametrize("name", ["relu", "softmax", "gelu", "leaky_relu"])
def test_calls_are_recorded(name: str) -> None:
    assert getattr(activations, name)(KerasTensor((None, 3))).shape == (None, 3)
