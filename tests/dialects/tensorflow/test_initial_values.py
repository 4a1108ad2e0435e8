"""`tf.random_normal_initializer` and its like."""

from __future__ import annotations

from typing import Any

import pytest

import torchkeras_compat as keras
from torchkeras_compat.dialects.tensorflow import initial_values as tf
from torchkeras_compat.dialects.tensorflow.dtypes import DTYPES
from torchkeras_compat.dialects.tensorflow.variable import Variable


@pytest.mark.parametrize(
    ("initializer", "mean", "spread"),
    [
        (tf.random_normal_initializer(seed=1), 0.0, 0.05),
        (tf.random_uniform_initializer(seed=1), 0.0, 0.05 / 3**0.5),
        (tf.truncated_normal_initializer(stddev=0.5, seed=1), 0.0, 0.44),
        (tf.variance_scaling_initializer(seed=1), 0.0, 0.1),
        (tf.constant_initializer(3), 3.0, 0.0),
        (tf.zeros_initializer(), 0.0, 0.0),
        (tf.ones_initializer(), 1.0, 0.0),
    ],
)
def test_values(initializer: Any, mean: float, spread: float) -> None:
    values = initializer(shape=(100, 100), dtype=DTYPES["float32"])
    assert float(values.mean()) == pytest.approx(mean, abs=0.01)
    assert float(values.std()) == pytest.approx(spread, abs=0.01)
    assert Variable(initial_value=initializer((2,), dtype="float32")).shape == (2,)
    assert keras.layers.Dense(1, kernel_initializer=initializer).get_config()["kernel_initializer"]["class_name"]
