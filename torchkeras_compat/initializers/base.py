"""The class of all initializers, and the ways to get one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat.deserialization import deserialize_config, resolve
from torchkeras_compat.overrides import OverridableConstructors
from torchkeras_compat.serialization import serialize_keras_object

ALIASES = {
    "normal": "RandomNormal",
    "uniform": "RandomUniform",
    "one": "Ones",
    "zero": "Zeros",
}


class Initializer(OverridableConstructors):
    """Callable that makes the first values of a weight: ``initializer(shape, dtype)``.

    Subclasses define ``__call__`` and, if they take arguments, ``get_config``.

    Source: Keras API, initializers.
    """

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> torch.Tensor:
        """Return a tensor of values; every subclass defines it."""
        raise NotImplementedError("Initializer subclasses must implement the `__call__()` method.")

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Initializer:
        """Return a new initializer made from what ``get_config`` returned."""
        return cls(**config)

    def clone(self) -> Initializer:
        """Return an equal initializer."""
        return type(self).from_config(self.get_config())


def get(identifier: Any) -> Any:
    """Return the initializer of a name, config, class, instance or callable; None for None.

    Raises:
        ValueError: ``identifier`` is none of these, or nothing has this name.

    Example:
        >>> get("ones")((2,))
        tensor([1., 1.])
    """
    if isinstance(identifier, torch.Tensor) or (hasattr(identifier, "__array__") and not callable(identifier)):
        from torchkeras_compat.initializers.constants import FixedValues

        return FixedValues(identifier)
    return resolve("initializers", identifier, base=Initializer, aliases=ALIASES)


def serialize(initializer: Any) -> Any:
    """Return the config of an initializer in Keras's format."""
    return serialize_keras_object(initializer)


def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """Return the initializer that :func:`serialize` described."""
    return deserialize_config("initializers", config, custom_objects)
