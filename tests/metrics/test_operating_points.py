"""Sensitivity, specificity, precision and recall at a given value of another, against Keras."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from tests.metrics.against_keras import Case, MetricChecks
from torchkeras_compat import metrics


class TestOperatingPoints(MetricChecks):
    cases: ClassVar[list[Case]] = [
        Case("SensitivityAtSpecificity", {"specificity": 0.6, "num_thresholds": 20}, "binary", "fraction"),
        Case("SpecificityAtSensitivity", {"sensitivity": 0.6, "num_thresholds": 1}, "binary", "fraction"),
        Case("PrecisionAtRecall", {"recall": 0.4}, "binary", "fraction"),
        Case("RecallAtPrecision", {"precision": 0.6, "class_id": 0}, "binary", "fraction", False),
    ]


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("PrecisionAtRecall", {"recall": 1.5}, r"`recall` must be in the range \[0, 1\]"),
        ("RecallAtPrecision", {"precision": 0.5, "num_thresholds": 0}, "integer > 0"),
    ],
)
def test_arguments_are_checked(name: str, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        getattr(metrics, name)(**arguments)
