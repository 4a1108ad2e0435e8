"""From a name to an object: custom objects first, then built-ins, then plugins.

The built-ins of a kind are the public names of the namespace of that kind: the public face is the table.
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from torchkeras_compat import kinds
from torchkeras_compat.errors import UnknownNameError, nearest
from torchkeras_compat.own_code import is_own

_registered: dict[str, Any] = {}
_registered_names: dict[Any, str] = {}
_scopes: list[Mapping[str, Any]] = []


def get_custom_objects() -> dict[str, Any]:
    """Return the process-wide dictionary of custom objects, name to class or function; changes to it count."""
    return _registered


@contextlib.contextmanager
def custom_object_scope(objects: Mapping[str, Any] | None = None) -> Iterator[Mapping[str, Any]]:
    """Make custom objects known by name inside the scope.

    Args:
        objects: Names and their classes or functions.

    Example:
        >>> with custom_object_scope({"double": lambda x: 2 * x}):
        ...     lookup("activations", "double")(3)
        6
    """
    _scopes.append(dict(objects or {}))
    try:
        yield _scopes[-1]
    finally:
        _scopes.pop()


class CustomObjectScope:
    """Class spelling of :func:`custom_object_scope`, as Keras offers both."""

    def __init__(self, custom_objects: Mapping[str, Any] | None = None) -> None:
        self.custom_objects = dict(custom_objects or {})

    def __enter__(self) -> CustomObjectScope:
        _scopes.append(self.custom_objects)
        return self

    def __exit__(self, *exc_info: object) -> None:
        _scopes.remove(self.custom_objects)


def register_keras_serializable(package: str = "Custom", name: str | None = None) -> Callable[[Any], Any]:
    """Register a class or function under ``package>name``, so that files and configs can name it.

    Args:
        package: The first half of the registered name.
        name: The second half; None for the name of the object.

    Raises:
        ValueError: a class without ``get_config``.

    Example:
        >>> @register_keras_serializable("docs")
        ... def triple(x):
        ...     return 3 * x
        >>> get_registered_name(triple)
        'docs>triple'
    """

    def decorate(obj: Any) -> Any:
        full = f"{package}>{name or obj.__name__}"
        if inspect.isclass(obj) and not hasattr(obj, "get_config"):
            raise ValueError(
                "Cannot register a class that does not have a get_config() method. Add one to"
                f" {obj.__name__!r} that returns the arguments of its constructor."
            )
        _registered[full] = obj
        _registered_names[obj] = full
        return obj

    return decorate


def get_registered_name(obj: Any) -> str:
    """Return the name an object was registered under, or its own name."""
    return _registered_names.get(obj) or str(getattr(obj, "__name__", obj))


def get_registered_object(
    name: str, custom_objects: Mapping[str, Any] | None = None, module_objects: Mapping[str, Any] | None = None
) -> Any | None:
    """Return what is registered under ``name``, or None.

    The order: open scopes from the innermost, registered objects, ``custom_objects``, ``module_objects``.
    """
    for table in (*reversed(_scopes), _registered, custom_objects or {}, module_objects or {}):
        if name in table:
            return table[name]
    return None


def is_built_in(space: Any, obj: Any) -> bool:
    """Return whether a public namespace itself has this class or function under its name; plugins are not asked."""
    name = getattr(obj, "__name__", None)
    return name in dir(space) and getattr(space, str(name)) is obj


def find_custom(wanted: tuple[str, ...], name: str) -> Any | None:
    """Return the custom object called ``name``, or None: one in scope, a registered one, or one of package `Custom`.

    A class that derives from the base of another kind than those wanted is passed over.

    Args:
        wanted: Keys of ``kinds.KINDS``.
        name: Name, or ``"package>Name"``.
    """
    found = get_registered_object(name)
    if found is None and ">" not in name:
        found = _registered.get(f"Custom>{name}")
    if found is None or not inspect.isclass(found):
        return found
    own = kinds.kinds_of_class(found)
    return found if not own or own & set(kinds.accepted(wanted)) else None


def find_registered(wanted: tuple[str, ...], name: str) -> Any | None:
    """Return the only object registered as ``package>name`` whatever the package, or None."""
    found = [key for key in _registered if key.partition(">")[2] == name]
    return find_custom(wanted, found[0]) if len(found) == 1 else None


def find_without_plugins(kind: str, name: str, aliases: Mapping[str, str] | None = None) -> Any | None:
    """Return the custom object or built-in called ``name``, or None; arguments as for :func:`lookup`."""
    found = find_custom((kind,), name)
    return kinds.find(kind, (aliases or {}).get(name, name)) if found is None else found


def lookup(kind: str, name: str, aliases: Mapping[str, str] | None = None) -> Any:
    """Return the class or function called ``name``.

    Args:
        kind: A key of ``kinds.KINDS``.
        name: Public name, alias, class name in snake case, or ``"package>Name"``.
        aliases: Further names of the kind, to public names.

    Raises:
        UnknownNameError: nothing has this name.
        NameClashError: several plugins claim it and no package is named.
    """
    found = find_without_plugins(kind, name, aliases)
    if found is not None:
        return found

    from torchkeras_compat.plugins import manager  # plugins load only when a name is not built in

    found = manager.find(kind, name)
    if found is not None:
        check_plugin_object(kind, found)
        return found
    known = [*kinds.names(kind), *(aliases or {}), *_registered, *manager.names(kind)]
    for scope in _scopes:
        known.extend(scope)
    raise UnknownNameError(
        f"Unknown name {name!r} in {kind}.{nearest(name, known)} Names come from torchkeras_compat."
        f"{kinds.KINDS[kind].spaces[0]}, "
        "from custom_object_scope or register_keras_serializable, and from installed plugins "
        "(`torchkeras_compat` entry points)."
    )


def check_plugin_object(kind: str, found: Any) -> None:
    """Refuse an object of a plugin for a file, unless its plugin declares it safe, or the user has passed it.

    Args:
        kind: Kind as which it is wanted.
        found: Class or function.

    Raises:
        FileSafetyError: a file is being read, and neither is so.
    """
    from torchkeras_compat.plugins import files

    if files.is_reading_file() and not any(
        found is known for table in (*_scopes, _registered) for known in table.values()
    ):
        files.check_file_safe(kind, found)


def public_module(obj: Any) -> str | None:
    """Return Keras's name of the public namespace that holds a built-in class or function, else None.

    Example:
        >>> import torchkeras_compat
        >>> public_module(torchkeras_compat.layers.Dense)
        'keras.layers'
    """
    if not is_own(obj):
        return None
    parts = obj.__module__.split(".")
    candidates = ["optimizers.schedules"] if parts[1:3] == ["optimizers", "schedules"] else []
    for candidate in (*candidates, parts[1], {"dtypes": "dtype_policies"}.get(parts[1])):
        if candidate is None:
            continue
        try:
            space = importlib.import_module("torchkeras_compat." + candidate)
        except ImportError:
            continue
        if is_built_in(space, obj):
            return "keras." + candidate
    return "keras" if is_built_in(importlib.import_module("torchkeras_compat"), obj) else None
