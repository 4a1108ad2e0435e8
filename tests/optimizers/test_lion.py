"""Lion beside Keras."""

from __future__ import annotations

from typing import ClassVar

from tests.optimizers.against_keras import Case, OptimizerChecks


class TestLion(OptimizerChecks):
    names: ClassVar[list[str]] = ["Lion"]
    own: ClassVar[list[Case]] = [
        Case("Lion", {"beta_1": 0.8}),
    ]
