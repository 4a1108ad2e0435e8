"""InverseTimeDecay beside Keras."""

from __future__ import annotations

from typing import ClassVar

import pytest

from tests.optimizers.schedules.against_keras import Case, ScheduleChecks
from torchkeras_compat.optimizers import schedules


class TestInverseTimeDecay(ScheduleChecks):
    cases: ClassVar[list[Case]] = [
        Case("InverseTimeDecay", (0.1, 7, 0.5), {}),
        Case("InverseTimeDecay", (0.1, 7, 0.5), {"staircase": True}),
    ]


def test_bad_arguments_are_refused():
    with pytest.raises(ValueError, match="decay_steps=0"):
        schedules.InverseTimeDecay(0.1, 0, 0.5)
