"""Polynomial decay of the learning rate."""

from __future__ import annotations

import math
from typing import Any

from torchkeras_compat.optimizers.schedules.base import LearningRateSchedule, as_number, check_positive


class PolynomialDecay(LearningRateSchedule):
    """``(initial - end) * (1 - step / decay_steps) ** power + end``, then ``end``.

    Args:
        initial_learning_rate: Learning rate of the first update.
        decay_steps: Updates, a positive number, until the end.
        end_learning_rate: Learning rate at the end.
        power: Exponent.
        cycle: Whether the decay starts again, each time from the next multiple of ``decay_steps``, in place of ending.
        name: Name.

    Raises:
        ValueError: ``decay_steps`` is not positive.

    Example:
        >>> PolynomialDecay(0.1, 10, end_learning_rate=0.0)(5)
        0.05

    Source: Keras API, optimizers/schedules/PolynomialDecay.
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        end_learning_rate: float = 0.0001,
        power: float = 1.0,
        cycle: bool = False,
        name: str = "PolynomialDecay",
    ) -> None:
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = check_positive("decay_steps", decay_steps)
        self.end_learning_rate = end_learning_rate
        self.power = power
        self.cycle = cycle
        self.name = name

    def __call__(self, step: Any) -> float:
        step, length = as_number(step), float(self.decay_steps)
        if self.cycle:
            length *= max(1.0, math.ceil(step / length))
        step = min(step, length)
        initial, end = float(self.initial_learning_rate), float(self.end_learning_rate)
        fraction: float = (1.0 - step / length) ** self.power
        return (initial - end) * fraction + end

    def get_config(self) -> dict[str, Any]:
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "decay_steps": self.decay_steps,
            "end_learning_rate": self.end_learning_rate,
            "power": self.power,
            "cycle": self.cycle,
            "name": self.name,
        }
