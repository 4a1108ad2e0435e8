"""Numbers of true and false positives and negatives, against Keras."""

from __future__ import annotations

from typing import ClassVar

import pytest

from tests.metrics.against_keras import Case, ThresholdChecks
from torchkeras_compat import metrics


class TestCounts(ThresholdChecks):
    cases: ClassVar[list[Case]] = [
        Case("TruePositives", {}, "binary", "fraction"),
        Case("FalsePositives", {"thresholds": 0.3}, "binary", "fraction"),
        Case("TrueNegatives", {"thresholds": [0.2, 0.9, 0.5]}, "binary", "fraction"),
        Case("FalseNegatives", {"thresholds": [0.0, 0.5, 1.0]}, "binary", "fraction"),
    ]
    counters: ClassVar[list[str]] = ["TruePositives"]


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_half_precision_counts_in_float32(dtype):
    """bfloat16 holds no count above 256 exactly."""
    metric = metrics.TruePositives(dtype=dtype)
    for _ in range(300):
        metric.update_state([1], [1.0])
    assert metric.result() == 300
    assert metric.variables[0].dtype == "float32"
