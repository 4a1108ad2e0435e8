"""The class of all regularizers, and the ways to get one."""

from __future__ import annotations

import math
from typing import Any

import torch

from torchkeras_compat.deserialization import deserialize_config, resolve
from torchkeras_compat.overrides import OverridableConstructors
from torchkeras_compat.serialization import serialize_keras_object

ALIASES = {"l1_l2": "L1L2", "l1": "L1", "l2": "L2"}


class Regularizer(OverridableConstructors):
    """Callable that gives the penalty of a weight: ``regularizer(weight)``, a scalar added to the loss.

    Source: Keras API, regularizers.
    """

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


def get(identifier: Any) -> Any:
    """Return the regularizer of a name, config, class, instance or callable; None for None.

    Raises:
        ValueError: ``identifier`` is none of these, or nothing has this name.

    Example:
        >>> get("l2")(torch.ones(2))
        tensor(0.0200)
    """
    return resolve("regularizers", identifier, base=Regularizer, aliases=ALIASES)


def serialize(regularizer: Any) -> Any:
    """Return the config of a regularizer in Keras's format."""
    return serialize_keras_object(regularizer)


def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """Return the regularizer that :func:`serialize` described."""
    return deserialize_config("regularizers", config, custom_objects)
