"""The class of all learning-rate schedules."""

from __future__ import annotations

from typing import Any


class LearningRateSchedule:
    """Learning rate as a function of the number of updates: ``schedule(step)``, computed on the host.

    Source: Keras API, optimizers/schedules/LearningRateSchedule.
    """

    def __call__(self, step: int) -> float:
        """Return the learning rate of update number ``step``; every subclass defines it."""
        raise NotImplementedError(
            f"Learning rate schedule '{type(self).__name__}' must override `__call__(self, step)`."
        )

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        raise NotImplementedError(
            f"Learning rate schedule '{type(self).__name__}' must override `get_config()` to be serialized."
        )

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> LearningRateSchedule:
        """Return a new schedule made from what ``get_config`` returned."""
        return cls(**config)
