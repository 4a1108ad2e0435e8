"""The class of all constraints, and the ways to get one."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.deserialization import deserialize_config, resolve
from torchkeras_compat.overrides import OverridableConstructors
from torchkeras_compat.serialization import serialize_keras_object


class Constraint(OverridableConstructors):
    """Callable applied to a weight after each update: ``weight = constraint(weight)``.

    Source: Keras API, constraints.
    """

    def __call__(self, w: torch.Tensor) -> torch.Tensor:
        """Return the constrained values; the class itself returns them as they are."""
        return w

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Constraint:
        """Return a new constraint made from what ``get_config`` returned."""
        return cls(**config)


def get(identifier: Any) -> Any:
    """Return the constraint of a name, config, class, instance or callable; None for None.

    Raises:
        ValueError: ``identifier`` is none of these, or nothing has this name.

    Example:
        >>> get("non_neg")(torch.tensor([-1.0, 2.0]))
        tensor([-0., 2.])
    """
    return resolve("constraints", identifier, base=Constraint)


def serialize(constraint: Any) -> Any:
    """Return the config of a constraint in Keras's format."""
    return serialize_keras_object(constraint)


def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """Return the constraint that :func:`serialize` described."""
    return deserialize_config("constraints", config, custom_objects)
