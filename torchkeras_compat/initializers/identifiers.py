"""From names to initializers and back."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.deserialization import deserialize_config, resolve
from torchkeras_compat.given_functions import for_the_core
from torchkeras_compat.initializers.base import Initializer
from torchkeras_compat.initializers.constants import FixedValues
from torchkeras_compat.serialization import serialize_keras_object

ALIASES = {
    "normal": "RandomNormal",
    "uniform": "RandomUniform",
    "one": "Ones",
    "zero": "Zeros",
}


def get(identifier: Any) -> Any:
    """Return the initializer of a name, config, class, instance or callable; None for None.

    Raises:
        ValueError: ``identifier`` is none of these, or nothing has this name.

    Example:
        >>> get("ones")((2,))
        tensor([1., 1.])
    """
    if isinstance(identifier, torch.Tensor) or (hasattr(identifier, "__array__") and not callable(identifier)):
        return FixedValues(identifier)
    return for_the_core(resolve("initializers", identifier, base=Initializer, aliases=ALIASES))


def serialize(initializer: Any) -> Any:
    """Return the config of an initializer in Keras's format."""
    return serialize_keras_object(initializer)


def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """Return the initializer that :func:`serialize` described."""
    return deserialize_config("initializers", config, custom_objects)
