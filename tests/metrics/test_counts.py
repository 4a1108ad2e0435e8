"""Numbers of true and false positives and negatives, against Keras."""

from __future__ import annotations

from typing import ClassVar

from tests.metrics.against_keras import Case, ThresholdChecks


class TestCounts(ThresholdChecks):
    cases: ClassVar[list[Case]] = [
        Case("TruePositives", {}, "binary", "fraction"),
        Case("FalsePositives", {"thresholds": 0.3}, "binary", "fraction"),
        Case("TrueNegatives", {"thresholds": [0.2, 0.9, 0.5]}, "binary", "fraction"),
        Case("FalseNegatives", {"thresholds": [0.0, 0.5, 1.0]}, "binary", "fraction"),
    ]
    counters: ClassVar[list[str]] = ["TruePositives"]
