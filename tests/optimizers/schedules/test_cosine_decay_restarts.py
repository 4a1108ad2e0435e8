"""CosineDecayRestarts beside Keras."""

from __future__ import annotations

from typing import ClassVar

import pytest

from tests.optimizers.schedules.against_keras import Case, ScheduleChecks
from torchkeras_compat.optimizers import schedules


class TestCosineDecayRestarts(ScheduleChecks):
    cases: ClassVar[list[Case]] = [
        Case("CosineDecayRestarts", (0.1, 10), {}),
        Case("CosineDecayRestarts", (0.1, 10), {"t_mul": 1.0, "m_mul": 0.5}),
        Case("CosineDecayRestarts", (0.1, 10), {"t_mul": 1.5, "m_mul": 0.8, "alpha": 0.1}),
    ]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: schedules.CosineDecayRestarts(0.1, 0), "first_decay_steps=0"),
        (lambda: schedules.CosineDecayRestarts(0.1, 5, t_mul=0), "t_mul=0"),
    ],
)
def test_bad_arguments_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_decays_that_get_shorter_end():
    assert schedules.CosineDecayRestarts(1.0, 10, t_mul=0.5, alpha=0.2)(100) == 0.2
