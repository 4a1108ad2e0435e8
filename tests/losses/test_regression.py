"""Losses of real values, against Keras."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

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
