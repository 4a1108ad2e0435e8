"""From a name to an object: custom objects first, then built-ins, then plugins.

The built-ins of a kind are the public names of the namespace of that kind: the public face is the table.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from torchkeras_compat import custom_objects, kinds
from torchkeras_compat.errors import UnknownNameError, nearest
from torchkeras_compat.plugins import config_source, file_safety, manager


def find_custom(wanted: tuple[str, ...], name: str) -> Any | None:
    """Return the custom object called ``name``, or None: one in scope, a registered one, or one of package `Custom`.

    A class that derives from the base of another kind than those wanted is passed over.

    Args:
        wanted: Keys of ``kinds.KINDS``.
        name: Name, or ``"package>Name"``.
    """
    found = custom_objects.get_registered_object(name)
    if found is None and ">" not in name:
        found = custom_objects.get_custom_objects().get(f"Custom>{name}")
    if found is None or not inspect.isclass(found):
        return found
    own = kinds.kinds_of_class(found)
    return found if not own or own & set(kinds.accepted(wanted)) else None


def find_registered(wanted: tuple[str, ...], name: str) -> Any | None:
    """Return the only object registered as ``package>name`` whatever the package, or None."""
    found = [key for key in custom_objects.get_custom_objects() if key.partition(">")[2] == name]
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
    found = manager.find(kind, name)
    if found is not None:
        check_plugin_object(kind, found)
        return found
    known = [*kinds.names(kind), *(aliases or {}), *manager.names(kind)]
    for table in custom_objects.tables():
        known.extend(table)
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
    if config_source.is_file() and not any(
        found is known for table in custom_objects.tables() for known in table.values()
    ):
        file_safety.check_file_safe(kind, found)
