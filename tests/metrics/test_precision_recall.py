"""Precision and recall, against Keras."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pytest
import torch

from tests.metrics.against_keras import Case, ThresholdChecks
from torchkeras_compat import metrics


class TestPrecisionRecall(ThresholdChecks):
    cases: ClassVar[list[Case]] = [
        Case("Precision", {}, "binary", "fraction"),
        Case("Precision", {"thresholds": [0.7, 0.2]}, "binary", "fraction"),
        Case("Precision", {"top_k": 2}, "binary", "fraction", False),
        Case("Precision", {"top_k": 2, "thresholds": 0.6, "class_id": 1}, "binary", "fraction", False),
        Case("Recall", {}, "binary", "fraction"),
        Case("Recall", {"thresholds": [0.7, 0.2]}, "binary", "fraction"),
        Case("Recall", {"top_k": 1}, "binary", "fraction", False),
        Case("Recall", {"class_id": 2}, "binary", "fraction", False),
    ]
    counters: ClassVar[list[str]] = ["Precision", "Recall"]


def test_columns_that_are_not_there_are_named() -> None:
    y = np.eye(3)
    with pytest.raises(ValueError, match="`class_id`=3 is none of the 3 columns"):
        metrics.Recall(class_id=3)(y, y)
    with pytest.raises(ValueError, match=r"y_pred must be a 2D array .* found shape: \(3,\)"):
        metrics.Precision(class_id=0)(y[0], y[0])
    with pytest.raises(ValueError, match="`top_k`=4 is more than the 3 classes"):
        metrics.Precision(top_k=4)(y, y)


@pytest.mark.parametrize("name", ["Precision", "Recall"])
@pytest.mark.parametrize("class_id", [0, 2, -1])
@pytest.mark.parametrize(
    "more", [{}, {"top_k": 2}, {"thresholds": [0.3, 0.6]}, {"top_k": 1, "thresholds": 0.5}], ids=str
)
def test_one_class_counts_on_the_last_of_any_number_of_axes(real_keras, name, class_id, more) -> None:
    rng = np.random.default_rng(0)
    for shape in [(4, 3), (4, 5, 3), (2, 4, 5, 3)]:
        y_true, y_pred = rng.integers(0, 2, shape).astype("float32"), rng.random(shape).astype("float32")
        for weights in (None, rng.integers(0, 3, shape[:-1]).astype("float32")):
            ours = getattr(metrics, name)(class_id=class_id, **more)(y_true, y_pred, sample_weight=weights)
            theirs = getattr(real_keras.metrics, name)(class_id=class_id, **more)(y_true, y_pred, sample_weight=weights)
            torch.testing.assert_close(ours, theirs)


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("Precision", {"thresholds": [0.1, 1.5]}, r"in \[0, 1\]. Received: \[1.5\]"),
        ("Precision", {"top_k": 0}, "`top_k` must be a positive int"),
    ],
)
def test_arguments_are_checked(name: str, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        getattr(metrics, name)(**arguments)
