"""RMSprop beside Keras and torch."""

from __future__ import annotations

from typing import ClassVar

from tests.optimizers.against_keras import Case, OptimizerChecks, check_calls_of_a_step


class TestRMSprop(OptimizerChecks):
    names: ClassVar[list[str]] = ["RMSprop"]
    own: ClassVar[list[Case]] = [
        Case("RMSprop", {"momentum": 0.5, "centered": True}),
    ]


def test_a_step_makes_fewer_python_calls_than_that_of_torch():
    check_calls_of_a_step("RMSprop")
