"""Areas under curves, against Keras."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pytest

from tests.metrics.against_keras import Case, ThresholdChecks
from torchkeras_compat import metrics


class TestAUC(ThresholdChecks):
    cases: ClassVar[list[Case]] = [
        *[
            Case("AUC", {"num_thresholds": 30, "curve": curve, "summation_method": method}, "binary", "fraction")
            for curve in ("ROC", "PR", "PRGAIN")
            for method in ("interpolation", "minoring", "majoring")
        ],
        Case("AUC", {"from_logits": True}, "binary", "real"),
        Case("AUC", {"thresholds": [0.9, 0.1, 0.4]}, "binary", "fraction"),
        Case("AUC", {"multi_label": True}, "binary", "fraction", False),
        Case(
            "AUC",
            {"multi_label": True, "num_labels": 3, "curve": "PR", "thresholds": [0.3, 0.6]},
            "binary",
            "fraction",
            False,
        ),
        Case("AUC", {"multi_label": True, "label_weights": [0.2, 0.5, 1.0]}, "binary", "fraction", False),
        Case("AUC", {"label_weights": [0.2, 0.5, 1.0]}, "binary", "fraction", False),
    ]
    counters: ClassVar[list[str]] = ["AUC"]


def test_the_area_under_the_roc_curve_is_the_fraction_of_pairs_in_order() -> None:
    """Mann and Whitney: the probability that a positive target is predicted higher than a negative one."""
    rng = np.random.default_rng(0)
    y_true = rng.integers(0, 2, 2000)
    y_pred = np.clip(rng.normal(0.4 + 0.2 * y_true, 0.2), 0, 1)
    pairs = y_pred[y_true == 1][:, None] - y_pred[y_true == 0][None]
    expected = (pairs > 0).mean() + 0.5 * (pairs == 0).mean()
    area = metrics.AUC(num_thresholds=2001)(y_true, y_pred)
    assert area.item() == pytest.approx(expected, abs=1e-3)  # the thresholds are 1 / 2000 apart


def test_several_labels_need_two_axes() -> None:
    y = np.eye(3)
    with pytest.raises(ValueError, match=r"With `multi_label`, y_pred must have shape \(batch, labels\)"):
        metrics.AUC(multi_label=True)(y[0], y[0])


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("AUC", {"curve": "RC"}, 'Invalid AUC curve value: "RC"'),
        ("AUC", {"summation_method": "sum"}, 'Invalid AUC summation method value: "sum"'),
        ("AUC", {"num_thresholds": 1}, "integer > 1"),
        ("AUC", {"num_labels": 2}, "only when `multi_label`"),
        ("AUC", {"multi_label": True, "num_labels": 2, "label_weights": [1.0]}, "for each of the 2 labels"),
    ],
)
def test_arguments_are_checked(name: str, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        getattr(metrics, name)(**arguments)


@pytest.mark.parametrize("several", [False, True])
def test_the_interpolated_area_is_that_of_keras(real_keras, several: bool) -> None:
    y_true = np.random.randint(0, 2, (20, 3) if several else 20)
    y_pred = np.random.random(y_true.shape).astype("float32")
    found = []
    for space in (real_keras.metrics, metrics):
        metric = space.AUC(curve="ROC", num_thresholds=10, multi_label=several)
        metric.update_state(y_true, y_pred)
        found.append(float(metric.interpolate_pr_auc()))
    assert found[1] == pytest.approx(found[0], abs=1e-6)
