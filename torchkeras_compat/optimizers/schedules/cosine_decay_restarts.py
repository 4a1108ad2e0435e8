"""Cosine decay of the learning rate that starts again and again."""

from __future__ import annotations

import math
from typing import Any

from torchkeras_compat.optimizers.schedules.base import LearningRateSchedule, as_number, check_positive
from torchkeras_compat.optimizers.schedules.cosine_decay import cosine


class CosineDecayRestarts(LearningRateSchedule):
    """Cosine decays one after another: each ``t_mul`` times as long, from ``m_mul`` times the height of the last.

    Args:
        initial_learning_rate: Learning rate of the first update.
        first_decay_steps: Updates, a positive number, of the first decay.
        t_mul: Length of a decay by that of the one before.
        m_mul: Height of a decay by that of the one before.
        alpha: Fraction of the rate that is left at the end of a decay.
        name: Name.

    Raises:
        ValueError: ``first_decay_steps`` or ``t_mul`` is not positive.

    Example:
        >>> rate = CosineDecayRestarts(1.0, 10, m_mul=0.5)
        >>> rate(0), round(rate(5), 6), rate(10), round(rate(20), 6)
        (1.0, 0.5, 0.5, 0.25)

    Source: Loshchilov and Hutter 2017 (SGDR), equation 5.
    """

    def __init__(
        self,
        initial_learning_rate: float,
        first_decay_steps: int,
        t_mul: float = 2.0,
        m_mul: float = 1.0,
        alpha: float = 0.0,
        name: str = "SGDRDecay",
    ) -> None:
        self.initial_learning_rate = initial_learning_rate
        self.first_decay_steps = check_positive("first_decay_steps", first_decay_steps)
        self.t_mul = check_positive("t_mul", t_mul)
        self.m_mul = m_mul
        self.alpha = alpha
        self.name = name

    def __call__(self, step: Any) -> float:
        done, t_mul = as_number(step) / self.first_decay_steps, float(self.t_mul)
        if t_mul == 1.0:
            restarts = math.floor(done)
            fraction = done - restarts
        else:
            # The decays before number i take (1 - t_mul**i) / (1 - t_mul) times the length of the first.
            left = 1.0 - done * (1.0 - t_mul)
            if left <= 0.0:  # decays that get shorter take a finite time together
                return float(self.initial_learning_rate) * self.alpha
            restarts = math.floor(math.log(left) / math.log(t_mul) + 1e-9)
            before = (1.0 - t_mul**restarts) / (1.0 - t_mul)
            fraction = max(0.0, done - before) / t_mul**restarts
        height = float(self.m_mul) ** restarts
        return float(self.initial_learning_rate) * cosine(fraction, self.alpha, height)

    def get_config(self) -> dict[str, Any]:
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "first_decay_steps": self.first_decay_steps,
            "t_mul": self.t_mul,
            "m_mul": self.m_mul,
            "alpha": self.alpha,
            "name": self.name,
        }
