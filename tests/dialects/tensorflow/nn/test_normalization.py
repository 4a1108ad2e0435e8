"""`tf.nn`, normalization: values of TensorFlow 2.15.1."""

from __future__ import annotations

from typing import Any

import pytest

from torchkeras_compat.dialects.tensorflow.nn import normalization
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


def test_numbers_are_those_of_tensorflow(expression: str, check: Any) -> None:
    check(normalization, expression)


def test_dropout() -> None:
    found = normalization.dropout([1.0] * 1000, rate=0.5, seed=1).numpy()
    assert set(found.tolist()) == {0.0, 2.0}
    assert (found == normalization.dropout([1.0] * 1000, 0.5, seed=1).numpy()).all()
    with pytest.raises(ValueError, match="rate=1"):
        normalization.dropout([1.0], rate=1)


def test_calls_are_recorded() -> None:
    assert normalization.moments(KerasTensor((None, 3)), [0])[0].shape == (3,)
