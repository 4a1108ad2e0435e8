"""Losses of real values, against Keras."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pytest
import torch

from tests.losses.against_keras import Case, LossChecks
from torchkeras_compat import losses


class TestRegression(LossChecks):
    cases: ClassVar[list[Case]] = [
        Case("MeanSquaredError", {}, "real", "real"),
        Case("MeanAbsoluteError", {}, "real", "real"),
        Case("MeanAbsolutePercentageError", {}, "real", "real"),
        Case("MeanSquaredLogarithmicError", {}, "positive", "positive"),
        Case("Huber", {"delta": 0.7}, "real", "real"),
        Case("LogCosh", {}, "real", "real"),
        Case("CosineSimilarity", {"axis": -1}, "real", "real"),
    ]
    function_arguments: ClassVar[dict[str, dict[str, Any]]] = {"huber": {"delta": 0.5}}


def test_delta_is_checked() -> None:
    with pytest.raises(ValueError, match="delta"):
        losses.Huber(delta=-1)


@pytest.mark.parametrize("length", [1e-2, 1e-6, 1e-8, 0.0])
def test_vectors_of_almost_no_length_are_those_of_keras(real_keras, length):
    y_true, y_pred = np.array([[1.0, 0.0]], "float32"), np.array([[length, 0.0]], "float32")
    expected = float(real_keras.losses.cosine_similarity(y_true, y_pred)[0])
    assert float(losses.cosine_similarity(y_true, y_pred)[0]) == pytest.approx(expected, rel=1e-5)


def test_a_vector_of_zeros_has_no_direction_in_half_precision():
    zeros = torch.zeros(2, 3, dtype=torch.float16, requires_grad=True)
    value = losses.cosine_similarity(torch.ones(2, 3, dtype=torch.float16), zeros)
    value.sum().backward()
    assert value.tolist() == [0.0, 0.0]
    assert torch.isfinite(zeros.grad).all()
