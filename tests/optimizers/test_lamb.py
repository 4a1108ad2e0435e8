"""Lamb beside Keras."""

from __future__ import annotations

from typing import ClassVar

from tests.optimizers.against_keras import OptimizerChecks


class TestLamb(OptimizerChecks):
    names: ClassVar[list[str]] = ["Lamb"]
