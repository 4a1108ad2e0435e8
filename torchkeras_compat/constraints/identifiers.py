"""From names to constraints and back."""

from __future__ import annotations

from typing import Any

from torchkeras_compat.constraints.base import Constraint
from torchkeras_compat.deserialization import deserialize_config, resolve
from torchkeras_compat.given_functions import for_the_core
from torchkeras_compat.serialization import serialize_keras_object


def get(identifier: Any) -> Any:
    """Return the constraint of a name, config, class, instance or callable; None for None.

    Raises:
        ValueError: ``identifier`` is none of these, or nothing has this name.

    Example:
        >>> get("non_neg")(torch.tensor([-1.0, 2.0]))
        tensor([-0., 2.])
    """
    return for_the_core(resolve("constraints", identifier, base=Constraint))


def serialize(constraint: Any) -> Any:
    """Return the config of a constraint in Keras's format."""
    return serialize_keras_object(constraint)


def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """Return the constraint that :func:`serialize` described."""
    return deserialize_config("constraints", config, custom_objects)
