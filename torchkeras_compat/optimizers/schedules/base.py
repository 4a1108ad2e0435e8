"""The class of all learning-rate schedules, and what their formulas share."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.own_code import is_own
from torchkeras_compat.variable_base import VariableBase


class LearningRateSchedule:
    """Learning rate as a function of the number of updates: ``schedule(step)``.

    The schedules of this package compute Python floats: the host knows the step, so no device is asked. A subclass may
    compute with tensors: an optimizer calls it with an integer tensor on the CPU.

    Example:
        >>> class Halved(LearningRateSchedule):
        ...     def __call__(self, step):
        ...         return 0.1 * 0.5 ** step
        >>> Halved()(1)
        0.05

    Source: Keras API, optimizers/schedules/LearningRateSchedule.
    """

    # Whether the host's count of updates is enough, in place of a tensor: so it is in the formulas of this package.
    _computes_floats = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._computes_floats = is_own(cls)

    def __call__(self, step: Any) -> Any:
        """Return the learning rate of update number ``step``, counted from 0; every subclass defines it."""
        raise NotImplementedError(
            f"Learning rate schedule '{type(self).__name__}' must override `__call__(self, step)`."
        )

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        raise NotImplementedError(
            f"Learning rate schedule '{type(self).__name__}' must override `get_config()` in order to be serializable."
        )

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> LearningRateSchedule:
        """Return a new schedule made from what ``get_config`` returned."""
        return cls(**config)


def check_positive(name: str, value: float) -> float:
    """Return a number of steps, or raise a ValueError that names the argument."""
    if not value > 0:
        raise ValueError(f"Argument `{name}` must be > 0. Received: {name}={value}")
    return value


def as_number(step: Any) -> float:
    """Return a number of updates, which may come in a tensor or variable, as a float."""
    if type(step) is int:
        return float(step)
    step = step.value if isinstance(step, VariableBase) else step
    return float(step.detach() if isinstance(step, torch.Tensor) else step)
