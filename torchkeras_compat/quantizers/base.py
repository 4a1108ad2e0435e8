"""The class of all quantizers, and the ways to get one."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from torchkeras_compat import kinds, registry
from torchkeras_compat.deserialization import deserialize_config
from torchkeras_compat.errors import UnknownNameError, nearest
from torchkeras_compat.naming import to_snake_case
from torchkeras_compat.serialization import serialize_keras_object

_KINDS = ("quantizers", "quantization_configs")


class Quantizer:
    """Callable that quantizes a tensor: ``values, scale = quantizer(tensor)`` in the subclasses.

    Args:
        output_dtype: Dtype of the quantized values.

    Source: Keras API, quantizers.
    """

    def __init__(self, output_dtype: str = "int8") -> None:
        self.output_dtype = output_dtype

    def __call__(self, x: Any) -> Any:
        """Return the quantized values; the class itself returns ``x`` as it is."""
        return x

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments; every subclass that is to be in files defines it."""
        raise NotImplementedError(f"{self} does not implement get_config()")

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Quantizer:
        """Return a new quantizer made from what ``get_config`` returned."""
        return cls(**config)


def get(identifier: Any, **kwargs: Any) -> Any:
    """Return the quantizer of a name, config, class, instance or callable; None for None.

    Args:
        identifier: Which one; names of classes may be in snake case.
        kwargs: Arguments of the constructor, beside a name or a class.

    Raises:
        ValueError: ``identifier`` is none of these, nothing has this name, or ``kwargs`` stand beside something else.

    Example:
        >>> get("abs_max_quantizer", axis=-1).axis
        (-1,)
    """
    if identifier is None:
        return None
    found = _class_named(identifier) if isinstance(identifier, str) else identifier
    if inspect.isclass(found):
        found = found(**kwargs)
    elif kwargs:
        raise ValueError(
            f"Arguments of a quantizer go with its name or class only. Received: {sorted(kwargs)} beside"
            f" {identifier!r}."
        )
    if isinstance(found, Mapping):
        found = deserialize(found)
    if callable(found):
        return found
    raise ValueError(
        f"Could not interpret quantizer identifier: {identifier!r}. Use a name such as 'abs_max_quantizer', a config"
        " dictionary, an instance or a callable."
    )


# Keras's name of the argument; a config of quantization is serialized in the same way.
def serialize(initializer: Any) -> Any:
    """Return the config of a quantizer, or of a config of quantization, in Keras's format."""
    return serialize_keras_object(initializer)


def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """Return the quantizer, or config of quantization, that :func:`serialize` described.

    Args:
        config: What it returned, a dictionary of ``class_name`` and ``config`` alone, or a name.
        custom_objects: Further names and classes.

    Raises:
        ValueError: nothing has this name.
    """
    if isinstance(config, str):
        with registry.custom_object_scope(custom_objects or {}):
            return get(config)
    return deserialize_config(_KINDS, config, custom_objects)


def _class_named(name: str) -> Any:
    """Return what is called ``name``: custom objects first, then the public names, in snake case too."""
    found = registry.find_custom(_KINDS, name) or registry.find_registered(_KINDS, name)
    if found is None:
        found = kinds.find("quantizers", name) or kinds.find("quantization_configs", name)
    if not inspect.isclass(found) or not hasattr(found, "from_config"):
        classes = [*kinds.names("quantizers"), *kinds.names("quantization_configs")]
        known = [*classes, *map(to_snake_case, classes), *registry.get_custom_objects()]
        raise UnknownNameError(
            f"Could not interpret quantizer identifier: {name!r}.{nearest(name, known)} Names come from"
            " torchkeras_compat.quantizers, custom_object_scope and register_keras_serializable."
        )
    return found
