"""Metrics of real values, against Keras."""

from __future__ import annotations

from typing import ClassVar

from tests.metrics.against_keras import Case, MaskChecks


class TestRegression(MaskChecks):
    cases: ClassVar[list[Case]] = [
        Case("MeanSquaredError", {}, "real", "real"),
        Case("RootMeanSquaredError", {}, "real", "real"),
        Case("MeanAbsoluteError", {}, "real", "real"),
        Case("MeanAbsolutePercentageError", {}, "real", "real"),
        Case("MeanSquaredLogarithmicError", {}, "positive", "positive"),
        Case("LogCoshError", {}, "real", "real"),
        Case("CosineSimilarity", {}, "real", "real"),
    ]
