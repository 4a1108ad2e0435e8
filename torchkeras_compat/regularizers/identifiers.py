"""From names to regularizers and back."""

from __future__ import annotations

from typing import Any

from torchkeras_compat.deserialization import deserialize_config, resolve
from torchkeras_compat.given_functions import for_the_core
from torchkeras_compat.regularizers.base import Regularizer
from torchkeras_compat.serialization import serialize_keras_object

ALIASES = {"l1_l2": "L1L2", "l1": "L1", "l2": "L2"}


def get(identifier: Any) -> Any:
    """Return the regularizer of a name, config, class, instance or callable; None for None.

    Raises:
        ValueError: ``identifier`` is none of these, or nothing has this name.

    Example:
        >>> get("l2")(torch.ones(2))
        tensor(0.0200)
    """
    return for_the_core(resolve("regularizers", identifier, base=Regularizer, aliases=ALIASES))


def serialize(regularizer: Any) -> Any:
    """Return the config of a regularizer in Keras's format."""
    return serialize_keras_object(regularizer)


def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """Return the regularizer that :func:`serialize` described."""
    return deserialize_config("regularizers", config, custom_objects)
