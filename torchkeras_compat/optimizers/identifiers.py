"""From names to optimizers and back."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.deserialization import deserialize_config, resolve
from torchkeras_compat.serialization import serialize_keras_object


def get(identifier: Any) -> Any:
    """Return the optimizer of a name, config, class or instance; a `torch.optim` optimizer as it is.

    Raises:
        ValueError: ``identifier`` is none of these, or nothing has this name.

    Example:
        >>> float(get("adam").learning_rate)
        0.001
    """
    return resolve("optimizers", identifier, base=torch.optim.Optimizer)


def serialize(optimizer: Any) -> Any:
    """Return the config of an optimizer in Keras's format."""
    return serialize_keras_object(optimizer)


def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """Return the optimizer that :func:`serialize` described."""
    return deserialize_config("optimizers", config, custom_objects)
