"""Inverse time decay of the learning rate."""

from __future__ import annotations

import math
from typing import Any

from torchkeras_compat.optimizers.schedules.base import LearningRateSchedule, as_number, check_positive


class InverseTimeDecay(LearningRateSchedule):
    """``initial_learning_rate / (1 + decay_rate * step / decay_steps)``.

    Args:
        initial_learning_rate: Learning rate of the first update.
        decay_steps: Updates, a positive number, of one unit of time.
        decay_rate: Factor.
        staircase: Whether the time is rounded down.
        name: Name.

    Raises:
        ValueError: ``decay_steps`` is not positive.

    Example:
        >>> InverseTimeDecay(0.1, 10, 1.0)(10)
        0.05
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        decay_rate: float,
        staircase: bool = False,
        name: str = "InverseTimeDecay",
    ) -> None:
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = check_positive("decay_steps", decay_steps)
        self.decay_rate = decay_rate
        self.staircase = staircase
        self.name = name

    def __call__(self, step: Any) -> float:
        time = as_number(step) / self.decay_steps
        time = math.floor(time) if self.staircase else time
        return float(self.initial_learning_rate / (1.0 + self.decay_rate * time))

    def get_config(self) -> dict[str, Any]:
        return dict(vars(self))
