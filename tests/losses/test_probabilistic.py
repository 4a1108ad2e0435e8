"""Losses of distributions, against Keras."""

from __future__ import annotations

from typing import ClassVar

from tests.losses.against_keras import Case, LossChecks


class TestProbabilistic(LossChecks):
    cases: ClassVar[list[Case]] = [
        Case("KLDivergence", {}, "probability", "probability"),
        Case("Poisson", {}, "positive", "positive"),
    ]
