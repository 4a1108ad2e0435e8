"""Cosine decay of the learning rate, with a linear warm-up before it."""

from __future__ import annotations

import math
from typing import Any

from torchkeras_compat.optimizers.schedules.base import LearningRateSchedule, as_number, check_positive


class CosineDecay(LearningRateSchedule):
    """``initial * ((1 - alpha) * (1 + cos(pi * step / decay_steps)) / 2 + alpha)``, then ``initial * alpha``.

    With ``warmup_target``, the rate first goes in a line from ``initial_learning_rate`` to ``warmup_target`` in
    ``warmup_steps`` updates, and the decay starts there.

    Args:
        initial_learning_rate: Learning rate of the first update.
        decay_steps: Updates, a positive number, of the decay, warm-up not counted.
        alpha: Fraction of the rate that is left at the end.
        name: Name.
        warmup_target: Learning rate at the end of the warm-up; None for no warm-up.
        warmup_steps: Updates of the warm-up.

    Raises:
        ValueError: ``decay_steps`` is not positive.

    Example:
        >>> rate = CosineDecay(0.0, 10, warmup_target=1.0, warmup_steps=4)
        >>> rate(2), rate(4), round(rate(9), 6), rate(14)
        (0.5, 1.0, 0.5, 0.0)

    Source: Loshchilov and Hutter 2017; Keras API, optimizers/schedules/CosineDecay.
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        alpha: float = 0.0,
        name: str = "CosineDecay",
        warmup_target: float | None = None,
        warmup_steps: int = 0,
    ) -> None:
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = check_positive("decay_steps", decay_steps)
        self.alpha = alpha
        self.name = name
        self.warmup_target = warmup_target
        self.warmup_steps = warmup_steps

    def __call__(self, step: Any) -> float:
        count, start = as_number(step), float(self.initial_learning_rate)
        if self.warmup_target is not None:
            top = float(self.warmup_target)
            if count < self.warmup_steps:
                return start + (top - start) * count / self.warmup_steps
            count, start = count - self.warmup_steps, top
        return start * cosine(min(count / self.decay_steps, 1.0), self.alpha)

    def get_config(self) -> dict[str, Any]:
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "decay_steps": self.decay_steps,
            "alpha": self.alpha,
            "name": self.name,
            "warmup_target": self.warmup_target,
            "warmup_steps": self.warmup_steps,
        }


def cosine(fraction: float, alpha: float, height: float = 1.0) -> float:
    """Return which fraction of the rate is left when ``fraction`` of the decay, from ``height``, is done."""
    return (1.0 - alpha) * height * 0.5 * (1.0 + math.cos(math.pi * fraction)) + alpha
