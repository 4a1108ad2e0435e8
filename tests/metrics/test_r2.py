"""The coefficient of determination, against Keras."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pytest

from tests.metrics.against_keras import Case, MetricChecks
from torchkeras_compat import metrics


class TestR2(MetricChecks):
    cases: ClassVar[list[Case]] = [
        Case("R2Score", {}, "real", "real", False),
        Case("R2Score", {"class_aggregation": "variance_weighted_average", "num_regressors": 1}, "real", "real", False),
        Case("R2Score", {"class_aggregation": None}, "real", "real", False),
    ]


def test_regressors_without_enough_values_are_warned_of() -> None:
    metric = metrics.R2Score(num_regressors=9)
    metric.update_state(np.array([[1.0], [2.0]]), np.array([[1.0], [3.0]]))
    with pytest.warns(UserWarning, match=r"more independent regressors \(9\)"):
        metric.result()


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("R2Score", {"class_aggregation": "sum"}, "class_aggregation=sum"),
        ("R2Score", {"num_regressors": -1}, "num_regressors=-1"),
    ],
)
def test_arguments_are_checked(name: str, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        getattr(metrics, name)(**arguments)
