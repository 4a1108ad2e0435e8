"""The class of all regularizers."""

from __future__ import annotations

import math
from typing import Any

import torch

from torchkeras_compat.overrides import CheckedConstructors


class Regularizer(CheckedConstructors):
    """Callable that gives the penalty of a weight: ``regularizer(weight)``, a scalar added to the loss.

    Source: Keras API, regularizers.
    """

    _offers_nearest = True

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        """Return the penalty of a tensor; every subclass defines it."""
        return torch.zeros((), dtype=x.dtype, device=x.device)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        raise NotImplementedError(f"{self} does not implement get_config()")

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Regularizer:
        """Return a new regularizer made from what ``get_config`` returned."""
        return cls(**config)


def check_factor(name: str, value: Any) -> float:
    """Return a finite factor as a float, or raise a ValueError."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ValueError(f"Invalid value for argument {name}: expected a non-negative float. Received: {name}={value}")
    if value < 0:
        raise ValueError(f"Invalid value for argument {name}: expected a non-negative float. Received: {name}={value}")
    return float(value)
