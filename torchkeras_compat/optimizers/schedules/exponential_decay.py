"""Exponential decay of the learning rate."""

from __future__ import annotations

import math
from typing import Any

from torchkeras_compat.optimizers.schedules.base import LearningRateSchedule, as_number, check_positive


class ExponentialDecay(LearningRateSchedule):
    """``initial_learning_rate * decay_rate ** (step / decay_steps)``.

    Args:
        initial_learning_rate: Learning rate of the first update.
        decay_steps: Updates, a positive number, in which the rate falls by ``decay_rate``.
        decay_rate: Factor.
        staircase: Whether the exponent is rounded down.
        name: Name.

    Raises:
        ValueError: ``decay_steps`` is not positive.

    Example:
        >>> ExponentialDecay(0.1, 10, 0.5)(10)
        0.05
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        decay_rate: float,
        staircase: bool = False,
        name: str = "ExponentialDecay",
    ) -> None:
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = check_positive("decay_steps", decay_steps)
        self.decay_rate = decay_rate
        self.staircase = staircase
        self.name = name

    def __call__(self, step: Any) -> float:
        exponent = as_number(step) / self.decay_steps
        exponent = math.floor(exponent) if self.staircase else exponent
        return float(self.initial_learning_rate * self.decay_rate**exponent)

    def get_config(self) -> dict[str, Any]:
        return dict(vars(self))
