"""Objects to configs as Keras 2 wrote them, a class name and its settings, and back."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from torchkeras_compat.custom_objects import custom_object_scope, get_registered_name, get_registered_object
from torchkeras_compat.errors import UnknownNameError, nearest


def serialize_keras_object(instance: Any) -> Any:
    """Return an object as ``{"class_name": ..., "config": ...}``, and a function by its name.

    Args:
        instance: Object with ``get_config``, function or class, or None.

    Raises:
        ValueError: it is none of these.

    Example:
        >>> from torchkeras_compat.initializers import Zeros
        >>> serialize_keras_object(Zeros())
        {'class_name': 'Zeros', 'config': {}}

    Source: Keras API, legacy/saving.
    """
    instance = inspect.unwrap(instance) if callable(instance) else instance
    if instance is None:
        return None
    if hasattr(instance, "get_config"):
        config = {name: _serialized(value) for name, value in instance.get_config().items()}
        return {"class_name": get_registered_name(type(instance)), "config": config}
    if hasattr(instance, "__name__"):
        return get_registered_name(instance)
    raise ValueError(f"Cannot serialize {instance!r} because it doesn't implement `get_config()`.")


def _serialized(value: Any) -> Any:
    if isinstance(value, str):
        return value
    try:
        serialized = serialize_keras_object(value)
    except ValueError:
        return value
    if isinstance(serialized, dict) and not isinstance(value, dict):
        serialized["__passive_serialization__"] = True
    return serialized


def deserialize_keras_object(
    identifier: Any,
    module_objects: Mapping[str, Any] | None = None,
    custom_objects: Mapping[str, Any] | None = None,
    printable_module_name: str = "object",
) -> Any:
    """Return what a config of :func:`serialize_keras_object`, or a name, describes.

    Names are looked for in ``custom_objects``, in what is registered, and in ``module_objects``, and nowhere else.

    Args:
        identifier: Config, name, function, or None.
        module_objects: Names and their classes or functions.
        custom_objects: Further ones, which go first.
        printable_module_name: What is asked for, for messages: ``"loss"``.

    Raises:
        UnknownNameError: nothing has this name.
        ValueError: ``identifier`` is none of these.

    Example:
        >>> from torchkeras_compat import initializers
        >>> names = {"Zeros": initializers.Zeros}
        >>> deserialize_keras_object({"class_name": "Zeros", "config": {}}, names)((2,)).tolist()
        [0.0, 0.0]

    Source: Keras API, legacy/saving.
    """
    if identifier is None:
        return None
    custom = dict(custom_objects or {})
    if isinstance(identifier, Mapping):
        if "class_name" not in identifier or "config" not in identifier:
            raise ValueError(
                "Improper config format: a dict with the keys `class_name` and `config` is expected. Received:"
                f" {dict(identifier)!r:.200}"
            )
        cls = _find(identifier["class_name"], module_objects, custom, printable_module_name)
        config = _settings(identifier["config"], module_objects, custom)
        with custom_object_scope(custom):
            if not hasattr(cls, "from_config"):
                return cls(**config)
            takes = inspect.signature(cls.from_config).parameters
            return cls.from_config(config, **({"custom_objects": custom} if "custom_objects" in takes else {}))
    if isinstance(identifier, str):
        found = _find(identifier, module_objects, custom, printable_module_name)
        return found() if inspect.isclass(found) else found
    if inspect.isfunction(identifier):
        return identifier
    raise ValueError(f"Could not interpret serialized {printable_module_name}: {identifier!r}")


def _settings(config: Any, module_objects: Any, custom: dict[str, Any]) -> Any:
    """Return settings in which what was serialized with the object is made again."""
    if not isinstance(config, Mapping):
        return config
    found = {}
    for name, value in config.items():
        if isinstance(value, Mapping) and "__passive_serialization__" in value:
            value = deserialize_keras_object(value, module_objects, custom, "config_item")
        found[name] = value
    return found


def _find(name: Any, module_objects: Mapping[str, Any] | None, custom: Mapping[str, Any], what: str) -> Any:
    known = module_objects or {}
    found = get_registered_object(name, custom, known) if isinstance(name, str) else None
    if found is None:
        raise UnknownNameError(
            f"Unknown {what}: {name!r:.100}. Give it in `module_objects` or `custom_objects`, or open a"
            f" `keras.utils.custom_object_scope` that has it.{nearest(str(name), [*known, *custom])}"
        )
    return found
