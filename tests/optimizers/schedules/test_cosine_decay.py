"""CosineDecay beside Keras."""

from __future__ import annotations

from typing import ClassVar

import pytest

from tests.optimizers.schedules.against_keras import Case, ScheduleChecks
from torchkeras_compat.optimizers import schedules


class TestCosineDecay(ScheduleChecks):
    cases: ClassVar[list[Case]] = [
        Case("CosineDecay", (0.1, 20), {"alpha": 0.1}),
        Case("CosineDecay", (0.0, 20), {"warmup_target": 0.5, "warmup_steps": 10}),
        Case("CosineDecay", (0.1, 20), {"warmup_steps": 10}),
        Case("CosineDecay", (0.1, 20), {"warmup_target": 0.5}),
    ]


def test_bad_arguments_are_refused():
    with pytest.raises(ValueError, match="decay_steps=0"):
        schedules.CosineDecay(0.1, 0)
