"""PolynomialDecay beside Keras."""

from __future__ import annotations

from typing import ClassVar

import pytest

from tests.optimizers.schedules.against_keras import Case, ScheduleChecks
from torchkeras_compat.optimizers import schedules


class TestPolynomialDecay(ScheduleChecks):
    cases: ClassVar[list[Case]] = [
        Case("PolynomialDecay", (0.1, 20), {}),
        Case("PolynomialDecay", (0.1, 20), {"end_learning_rate": 0.01, "power": 2.0}),
        Case("PolynomialDecay", (0.1, 20), {"power": 0.5, "cycle": True}),
    ]


def test_bad_arguments_are_refused():
    with pytest.raises(ValueError, match="decay_steps=0"):
        schedules.PolynomialDecay(0.1, 0)
