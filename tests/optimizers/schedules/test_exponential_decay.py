"""ExponentialDecay beside Keras."""

from __future__ import annotations

from typing import ClassVar

import pytest

from tests.optimizers.schedules.against_keras import Case, ScheduleChecks
from torchkeras_compat.optimizers import schedules


class TestExponentialDecay(ScheduleChecks):
    cases: ClassVar[list[Case]] = [
        Case("ExponentialDecay", (0.1, 7, 0.9), {}),
        Case("ExponentialDecay", (0.1, 7, 0.9), {"staircase": True}),
    ]


def test_bad_arguments_are_refused():
    with pytest.raises(ValueError, match="decay_steps=-1"):
        schedules.ExponentialDecay(0.1, -1, 0.5)
