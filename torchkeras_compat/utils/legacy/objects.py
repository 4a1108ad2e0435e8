"""Objects and configs in the form of Keras 2: ``{"class_name": ..., "config": ...}``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torchkeras_compat.custom_objects import custom_object_scope, get_registered_name, get_registered_object
from torchkeras_compat.errors import nearest


def serialize_keras_object(instance: Any) -> Any:
    """Return an object as ``{"class_name", "config"}``, a function as its name, None as None.

    Args:
        instance: An object with ``get_config``, or a function.

    Raises:
        ValueError: neither of these.

    Example:
        >>> from torchkeras_compat.regularizers.norms import L2
        >>> serialize_keras_object(L2(0.5))["class_name"]
        'L2'

    Source: Keras API, utils/legacy.
    """
    if instance is None:
        return None
    if hasattr(instance, "get_config") and not isinstance(instance, type):
        return {"class_name": get_registered_name(type(instance)), "config": instance.get_config()}
    if hasattr(instance, "__name__"):
        return get_registered_name(instance)
    raise ValueError(f"Cannot serialize {instance!r}: it has neither `get_config` nor a name. Define `get_config`.")


def deserialize_keras_object(
    identifier: Any,
    module_objects: Mapping[str, Any] | None = None,
    custom_objects: Mapping[str, Any] | None = None,
    printable_module_name: str = "object",
) -> Any:
    """Return the object that a Keras 2 config describes; the reverse of :func:`serialize_keras_object`.

    A name is looked up in custom object scopes and registered objects, then in ``custom_objects`` and
    ``module_objects``; nowhere else.

    Args:
        identifier: ``{"class_name", "config"}``, the name of a function or class, or None.
        module_objects: Names and what they mean.
        custom_objects: More of them; they win over ``module_objects``.
        printable_module_name: What to call the object in errors.

    Returns:
        The object; a class that is named is instantiated.

    Raises:
        ValueError: an unknown name, or an identifier of another form.

    Example:
        >>> from torchkeras_compat.regularizers.norms import L2
        >>> deserialize_keras_object({"class_name": "L2", "config": {"l2": 0.5}}, {"L2": L2}).get_config()
        {'l2': 0.5}

    Source: Keras API, utils/legacy.
    """
    if identifier is None:
        return None
    scope = {**(module_objects or {}), **(custom_objects or {})}
    if isinstance(identifier, str):
        found = _looked_up(identifier, scope, printable_module_name)
        return found() if isinstance(found, type) else found
    if not isinstance(identifier, dict):
        if callable(identifier):
            return identifier
        raise ValueError(f"Could not interpret serialized {printable_module_name}: {identifier!r}")
    if "class_name" not in identifier or "config" not in identifier:
        raise ValueError(
            f"Improper config format for {identifier}. Expected a dictionary with the keys `class_name` and `config`."
        )
    cls = _looked_up(identifier["class_name"], scope, printable_module_name)
    with custom_object_scope(dict(custom_objects or {})):
        return cls.from_config(identifier["config"]) if hasattr(cls, "from_config") else cls(**identifier["config"])


def _looked_up(name: str, known: Mapping[str, Any], what: str) -> Any:
    found = get_registered_object(name, known)
    if found is None:
        raise ValueError(
            f"Unknown {what}: {name!r}.{nearest(name, known)} Give it in `custom_objects`, or call this in a "
            "`keras.utils.custom_object_scope`."
        )
    return found
