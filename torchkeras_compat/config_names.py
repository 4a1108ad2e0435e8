"""From the names in a config to a class or function: nothing is made, and nothing is imported by them."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from torchkeras_compat import kinds, public_names, registry
from torchkeras_compat.config_place import where
from torchkeras_compat.custom_objects import get_registered_object
from torchkeras_compat.errors import FileContentError, FileSafetyError, UnknownNameError, nearest
from torchkeras_compat.plugins import manager


def find_named(wanted: tuple[str, ...], config: Mapping[str, Any]) -> Any:
    """Return the function that a config names, or the class that it would be made of; nothing is made.

    Raises:
        UnknownNameError: nothing has this name.
        FileSafetyError: what has it may not stand where one of the kinds ``wanted`` is wanted.
        TypeError: the config is malformed, or the class cannot be made from one.
    """
    inner, registered_name = config["config"], config.get("registered_name")
    if config["class_name"] == "function":
        if not isinstance(inner, str):
            raise TypeError(f"Expected 'config' to be a non-null string, the name of a function. Received: {config}")
        return _find(wanted, config.get("module"), inner, registered_name, as_class=False)
    if not isinstance(inner, Mapping) and inner is not None:
        raise TypeError(f"Expected 'config' to be a dict, the settings of an object. Received: {config}")
    cls: Any = _find(wanted, config.get("module"), config["class_name"], registered_name, as_class=True)
    if not hasattr(cls, "from_config"):
        raise TypeError(
            f"Unable to reconstruct an instance of '{config['class_name']}': the class has no `from_config()` method."
        )
    return cls


def _find(wanted: tuple[str, ...], module: Any, name: str, registered_name: Any, as_class: bool) -> Any:
    """Return the class or function of a config: custom objects first, then the public names of the kinds, then plugins.

    Raises:
        UnknownNameError: nothing has this name.
        FileSafetyError: what has it is not of these kinds, or is a function where a class is named, or the reverse.
    """
    for key, value in (("module", module), ("registered_name", registered_name)):
        if value is not None and not isinstance(value, str):
            raise FileContentError(f"The `{key}` of a config is a string or None{where()}. Received: {value!r:.100}")
    module = (module or "").replace("tensorflow.", "").replace("keras.src.", "keras.")
    found = None
    for candidate in (registered_name, name):
        if found is None and candidate and candidate != "function":
            found = registry.find_custom(wanted, candidate)
    built_in = None
    if found is None:
        built_in = _built_in(wanted, module, name, as_class)
        if registered_name in (None, "", "function", name):
            found = built_in
    if found is None:
        kind, found = manager.find_in_file(kinds.accepted(wanted), module, name, registered_name)
        if found is not None:
            registry.check_plugin_object(kind, found)
    if found is None and built_in is None:
        found = registry.find_registered(wanted, name)
    if found is not None and inspect.isclass(found) == as_class:
        return found
    if built_in is not None and found is None:
        raise ValueError(
            f"The config says registered_name={registered_name!r}, which is not registered, and its class_name {name!r}"
            " resolved to a Keras built-in. Register the class, pass it in `custom_objects`, or take the registered"
            " name out of the config."
        )
    if found is not None or name in public_names.all_names() or get_registered_object(registered_name or name):
        raise FileSafetyError(
            f"The config names {'the class' if as_class else 'the function'} {name!r} of {module!r} where"
            f" {kinds.describe(wanted)} is wanted{where()}. Each position of a config takes objects of its kind only,"
            " so that a file cannot make or call anything else. If you trust the file, change the config."
        )
    place = f" of module {module!r}" if module else ""
    raise UnknownNameError(
        f"Could not locate {name!r}{place}{where()}.{nearest(name, _known(wanted))} If it is a custom"
        " class or function, register it with `@keras.saving.register_keras_serializable()`, pass it in"
        " `custom_objects`, or install the plugin it comes from."
    )


def _known(wanted: tuple[str, ...]) -> list[str]:
    return [name for kind in kinds.accepted(wanted) for name in kinds.names(kind)]


def _built_in(wanted: tuple[str, ...], module: str, name: str, as_class: bool) -> Any | None:
    """Return the public class or function of the kinds that is called ``name``; that of the module first."""
    if module == kinds.OLD_FUNCTIONS:
        is_wanted = any(kind in kinds.accepted(wanted) for kind in kinds.FUNCTIONS)
        return public_names.named("dialects.saved_functions.value_at")(name) if is_wanted else None
    if module not in ("builtins", "", "keras") and not module.startswith("keras."):
        return None
    # Keras looks for a function of no module among activations, losses and metrics, and not in `ops`.
    path = ("" if as_class else "activations") if module == "builtins" else module.removeprefix("keras").strip(".")
    order = kinds.accepted(wanted)
    other = None  # `relu` is a function of one kind, and the name of a class of another
    for kind in sorted(order, key=lambda k: not kinds.has_module(k, path)):
        found = kinds.find(kind, name, path)
        if found is not None and inspect.isclass(found) == as_class:
            return found
        other = found if other is None else other
    return other
