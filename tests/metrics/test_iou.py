"""Intersection over union, against Keras."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pytest

from tests.metrics.against_keras import Case, MetricChecks
from torchkeras_compat import metrics


class TestIoU(MetricChecks):
    cases: ClassVar[list[Case]] = [
        Case("IoU", {"num_classes": 3, "target_class_ids": [0, 2], "dtype": "float32"}, "classes", "classes", False),
        Case("MeanIoU", {"num_classes": 3, "ignore_class": 1, "dtype": "float32"}, "classes", "classes", False),
        Case("MeanIoU", {"num_classes": 5, "dtype": "float32"}, "classes", "classes", False),
        Case("BinaryIoU", {"threshold": 0.4, "dtype": "float32"}, "binary", "fraction", False),
        Case(
            "OneHotIoU", {"num_classes": 3, "target_class_ids": [1], "dtype": "float32"}, "one_hot", "fraction", False
        ),
        Case("OneHotMeanIoU", {"num_classes": 3, "dtype": "float32"}, "one_hot", "fraction", False),
    ]


def test_weights_cut_off_by_an_integer_state_are_warned_of() -> None:
    with pytest.warns(UserWarning, match="weights are torch.float64 but the dtype of this metric is int32"):
        metrics.MeanIoU(num_classes=2)([0, 1], [0, 1], sample_weight=np.array([0.5, 2.0]))


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("IoU", {"num_classes": 2, "target_class_ids": [2]}, r"Target class id 2 is out of range, which is \[0, 2\)"),
        ("MeanIoU", {"num_classes": 0}, "num_classes=0"),
    ],
)
def test_arguments_are_checked(name: str, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        getattr(metrics, name)(**arguments)
