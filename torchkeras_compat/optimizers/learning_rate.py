"""The learning rate and the number of updates of an optimizer: host numbers, shown as Keras variables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from torchkeras_compat.deserialization import deserialize_as
from torchkeras_compat.device import device
from torchkeras_compat.optimizers.host_scalar import HostScalar
from torchkeras_compat.optimizers.schedules.base import LearningRateSchedule
from torchkeras_compat.serialization import serialize_keras_object
from torchkeras_compat.variable_base import VariableBase


class LearningRate:
    """Mixin of `Optimizer`: ``learning_rate``, ``iterations``, and the rate of each update.

    A fixed rate lies in ``param_groups``, where torch's schedulers find it.
    """

    name: str
    param_groups: list[dict[str, Any]]
    gradient_accumulation_steps: int | None

    def _start(self, learning_rate: Any) -> float:
        """Keep a schedule or callable; return the number to begin with."""
        self._iterations = 0
        self._schedule: Callable | None = None
        if isinstance(learning_rate, dict):
            learning_rate = deserialize_as("schedules", learning_rate)
        if _is_schedule(learning_rate):
            self._schedule = learning_rate
            return 0.0
        return to_rate(learning_rate)

    @property
    def _rate(self) -> float:
        return self.param_groups[0]["lr"] if self._schedule is None else self._scheduled_rate()

    @_rate.setter
    def _rate(self, value: Any) -> None:
        if self._schedule is not None:
            raise TypeError(
                "This optimizer was created with a `LearningRateSchedule` object as its `learning_rate` constructor"
                " argument, hence its learning rate is not settable. If you need the learning rate to be settable, you"
                " should instantiate the optimizer with a float `learning_rate` argument."
            )
        rate = to_rate(value)
        for group in self.param_groups:
            group["lr"] = rate

    def _scheduled_rate(self) -> float:
        schedule: Any = self._schedule
        if "initial_lr" in self.param_groups[0]:
            raise ValueError(
                f"Optimizer '{self.name}' was given both to a scheduler of torch and a `learning_rate` that is a"
                f" {type(schedule).__name__}, which rules the rate. Give it a float `learning_rate` for a scheduler of"
                " torch, or leave that away."
            )
        if not isinstance(schedule, LearningRateSchedule):
            return to_rate(schedule())
        if schedule._computes_floats:
            return schedule(self._iterations)
        with device("cpu"):  # reading the result of tensor functions then waits for no accelerator
            return to_rate(schedule(torch.tensor(self._iterations)))

    def _get_current_learning_rate(self) -> float:
        """Return the learning rate of the next update."""
        return self._rate

    @property
    def learning_rate(self) -> Any:
        """The learning rate of the next update, a `Variable`; settable unless a schedule rules it."""
        return HostScalar(self, "_rate", "float32", "learning_rate")

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        if _is_schedule(value):
            self._schedule = value
        else:
            self._rate = value

    @property
    def lr(self) -> Any:
        """The learning rate by its name in Keras 1 and 2."""
        return self.learning_rate

    @lr.setter
    def lr(self, value: Any) -> None:
        self.learning_rate = value

    @property
    def _updates(self) -> int:
        return self._iterations // (self.gradient_accumulation_steps or 1)

    @_updates.setter
    def _updates(self, value: int) -> None:
        self._iterations = int(value) * (self.gradient_accumulation_steps or 1)

    @property
    def iterations(self) -> Any:
        """The number of updates of the weights so far, a `Variable`."""
        return HostScalar(self, "_updates", "int32", "iteration")

    @iterations.setter
    def iterations(self, value: Any) -> None:
        self._updates = int(value)

    def _learning_rate_config(self) -> Any:
        return self._rate if self._schedule is None else serialize_keras_object(self._schedule)


def _is_schedule(value: Any) -> bool:
    return isinstance(value, LearningRateSchedule) or (callable(value) and not isinstance(value, VariableBase))


def to_rate(value: Any) -> float:
    """Return a learning rate as a float.

    Raises:
        ValueError: ``value`` is not a number.
    """
    if not isinstance(value, str):
        try:
            return float(value)
        except (TypeError, ValueError):
            pass
    hint = " Pass parameters by name: params=model.parameters()." if hasattr(value, "__next__") else ""
    raise ValueError(
        "Argument `learning_rate` should be float, or an instance of LearningRateSchedule, or a callable (that takes in"
        " the current iteration value and returns the corresponding learning rate value). Received instead:"
        f" learning_rate={value!r}.{hint}"
    )
