"""Hinge metrics, against Keras."""

from __future__ import annotations

from typing import ClassVar

from tests.metrics.against_keras import Case, MaskChecks


class TestHinges(MaskChecks):
    cases: ClassVar[list[Case]] = [
        Case("Hinge", {}, "binary", "real"),
        Case("SquaredHinge", {}, "binary", "real"),
        Case("CategoricalHinge", {}, "one_hot", "real"),
    ]
