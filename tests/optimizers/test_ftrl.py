"""Ftrl beside Keras."""

from __future__ import annotations

from typing import ClassVar

from tests.optimizers.against_keras import Case, OptimizerChecks


class TestFtrl(OptimizerChecks):
    names: ClassVar[list[str]] = ["Ftrl"]
    own: ClassVar[list[Case]] = [
        Case(
            "Ftrl",
            {
                "learning_rate": 0.1,
                "learning_rate_power": -0.2,
                "l1_regularization_strength": 0.05,
                "l2_regularization_strength": 0.1,
                "l2_shrinkage_regularization_strength": 0.01,
                "beta": 0.3,
            },
        ),
    ]
