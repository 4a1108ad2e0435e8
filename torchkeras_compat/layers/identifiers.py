"""Layers to their configs and back."""

from __future__ import annotations

from typing import Any

from torchkeras_compat.deserialization import deserialize_config
from torchkeras_compat.serialization import serialize_keras_object


def serialize(layer: Any) -> dict[str, Any]:
    """Return the config of a layer in Keras's format.

    Example:
        >>> from torchkeras_compat.layers import Flatten
        >>> serialize(Flatten())["class_name"]
        'Flatten'
    """
    config: dict[str, Any] = serialize_keras_object(layer)
    return config


def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """Return the layer that :func:`serialize` described.

    Args:
        config: The config.
        custom_objects: Classes and functions by name.

    Raises:
        ValueError: the config is malformed, or a name is unknown.
    """
    return deserialize_config("layers", config, custom_objects)
