"""PiecewiseConstantDecay beside Keras."""

from __future__ import annotations

from typing import ClassVar

import pytest

from tests.optimizers.schedules.against_keras import Case, ScheduleChecks
from torchkeras_compat.optimizers import schedules


class TestPiecewiseConstantDecay(ScheduleChecks):
    cases: ClassVar[list[Case]] = [
        Case("PiecewiseConstantDecay", ([10, 20.5, 30], [1.0, 0.5, 0.25, 0.1]), {}),
    ]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: schedules.PiecewiseConstantDecay([1, 2], [1.0]), "boundaries=.1, 2. of length 2"),
        (lambda: schedules.PiecewiseConstantDecay([2, 1], [1.0, 2.0, 3.0]), r"must increase.*\[2, 1\]"),
    ],
)
def test_bad_arguments_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()
