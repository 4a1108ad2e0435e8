"""Adafactor beside Keras."""

from __future__ import annotations

from typing import ClassVar

from tests.optimizers.against_keras import Case, OptimizerChecks


class TestAdafactor(OptimizerChecks):
    names: ClassVar[list[str]] = ["Adafactor"]
    own: ClassVar[list[Case]] = [
        Case("Adafactor", {"learning_rate": 0.8, "beta_2_decay": -0.6, "clip_threshold": 0.9}),
    ]
