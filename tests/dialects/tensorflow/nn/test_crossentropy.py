"""`tf.nn`, crossentropy: values of TensorFlow 2.15.1."""

from __future__ import annotations

from typing import Any

import pytest

from torchkeras_compat.dialects.tensorflow.nn import crossentropy
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


def test_numbers_are_those_of_tensorflow(expression: str, check: Any) -> None:
    check(crossentropy, expression)


def test_bad_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match="both"):
        crossentropy.softmax_cross_entropy_with_logits(logits=[[1.0]])
    with pytest.raises(ValueError, match="one shape"):
        crossentropy.sigmoid_cross_entropy_with_logits(labels=[1.0], logits=[1.0, 2.0])
    with pytest.raises(ValueError, match="probabilities"):
        crossentropy.sparse_softmax_cross_entropy_with_logits(labels=[[1, 0]], logits=[[1.0, 2.0]])
    with pytest.raises(ValueError, match="dense"):
        crossentropy.ctc_loss([[1]], [[[1.0, 2.0]]], None, [1])


def test_calls_are_recorded() -> None:
    x = KerasTensor((None, 3))
    assert crossentropy.softmax_cross_entropy_with_logits(labels=x, logits=x).shape == (None,)
