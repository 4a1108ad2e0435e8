"""`tf.nn`, lookup: values of TensorFlow 2.15.1."""

from __future__ import annotations

from typing import Any

import pytest

from torchkeras_compat.dialects.tensorflow.nn import lookup
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


def test_numbers_are_those_of_tensorflow(expression: str, check: Any) -> None:
    check(lookup, expression)


def test_bad_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match="concat"):
        lookup.embedding_lookup([lookup.top_k([[1.0]]).values] * 2, [0])


def test_calls_are_recorded() -> None:
    assert lookup.top_k(KerasTensor((None, 3)), 2).indices.shape == (None, 2)
