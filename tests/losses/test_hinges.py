"""Hinge losses, against Keras."""

from __future__ import annotations

from typing import ClassVar

from tests.losses.against_keras import Case, LossChecks


class TestHinges(LossChecks):
    cases: ClassVar[list[Case]] = [
        Case("Hinge", {}, "binary", "real"),
        Case("Hinge", {}, "signs", "real"),
        Case("SquaredHinge", {}, "signs", "real"),
        Case("CategoricalHinge", {}, "one_hot", "real"),
    ]
