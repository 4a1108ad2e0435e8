"""`tf.nn`, pooling: values of TensorFlow 2.15.1."""

from __future__ import annotations

from typing import Any

import pytest

from torchkeras_compat.dialects.tensorflow.nn import pooling
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


def test_numbers_are_those_of_tensorflow(expression: str, check: Any) -> None:
    check(pooling, expression)


def test_bad_arguments_are_refused() -> None:
    x = KerasTensor((None, 4, 4, 1))
    with pytest.raises(ValueError, match="pooling_type"):
        pooling.pool(x, 2, "SUM")
    with pytest.raises(ValueError, match="Average"):
        pooling.avg_pool(x, 2, 2, [[0, 0], [1, 1], [1, 1], [0, 0]])
    with pytest.raises(ValueError, match="NCHW"):
        pooling.max_pool_with_argmax(x, 2, 2, "SAME", data_format="NCHW")


def test_calls_are_recorded() -> None:
    assert pooling.max_pool(KerasTensor((None, 4, 4, 1)), 2, 2, "SAME").shape == (None, 2, 2, 1)
