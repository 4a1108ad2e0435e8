"""F-scores, against Keras."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from tests.metrics.against_keras import Case, MetricChecks
from torchkeras_compat import metrics


class TestFScore(MetricChecks):
    cases: ClassVar[list[Case]] = [
        *[
            Case("FBetaScore", {"average": a, "beta": 2.0}, "binary", "fraction", False)
            for a in (None, "micro", "macro")
        ],
        Case("FBetaScore", {"average": "weighted", "threshold": 0.4}, "binary", "fraction", False),
        Case("F1Score", {"average": "macro"}, "one_hot", "probability", False),
    ]


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("FBetaScore", {"average": "sum"}, "average=sum"),
        ("FBetaScore", {"beta": 0.0}, "beta=0.0"),
        ("F1Score", {"threshold": 1.5}, "threshold=1.5"),
    ],
)
def test_arguments_are_checked(name: str, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        getattr(metrics, name)(**arguments)
