"""Adagrad, Adadelta, Adamax and Nadam beside Keras."""

from __future__ import annotations

from typing import ClassVar

from tests.optimizers.against_keras import Case, OptimizerChecks


class TestAdaptive(OptimizerChecks):
    names: ClassVar[list[str]] = ["Adagrad", "Adadelta", "Adamax", "Nadam"]
    own: ClassVar[list[Case]] = [
        Case("Adagrad", {"initial_accumulator_value": 0.5}),
        Case("Adadelta", {"learning_rate": 1.0, "rho": 0.8}),
    ]
