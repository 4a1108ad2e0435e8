"""The one door to what lies above: a namespace of this package, or what it holds, by its path and at run time.

Whoever is asked for names (the registry, symbolic tensors, the tables of dialects) looks them up here, and imports
nothing of what it finds.
"""

from __future__ import annotations

import functools
import importlib
import types
from pathlib import Path
from typing import Any

from torchkeras_compat.own_code import is_own


@functools.cache
def namespace(path: str) -> types.ModuleType:
    """Return a namespace: ``"optimizers.schedules"``, or ``""`` for the top level.

    Raises:
        ModuleNotFoundError: there is none.
    """
    return importlib.import_module(f"torchkeras_compat.{path}".rstrip("."))


def named(path: str) -> Any:
    """Return what ``torchkeras_compat.<path>`` names: a namespace, a module, a class or a function.

    Raises:
        AttributeError: nothing has this name.

    Example:
        >>> named("errors.nearest").__name__
        'nearest'
    """
    found: Any = namespace("")
    parts = path.split(".") if path else []
    for depth, part in enumerate(parts, 1):
        try:
            found = getattr(found, part)
        except AttributeError:
            try:
                found = namespace(".".join(parts[:depth]))
            except ModuleNotFoundError as error:
                raise AttributeError(f"torchkeras_compat.{'.'.join(parts[:depth])} does not exist") from error
    return found


@functools.cache
def names_in(space: str) -> frozenset[str]:
    """Return the names that a namespace lists."""
    return frozenset(dir(namespace(space)))


@functools.cache
def all_names() -> frozenset[str]:
    """Return the names of all public namespaces together; for messages."""
    root = Path(__file__).parent
    folders = [stub.parent.relative_to(root).parts for stub in root.rglob("__init__.pyi")]
    return frozenset().union(*(names_in(".".join(parts)) for parts in folders))


def lists(space: str, obj: Any) -> bool:
    """Return whether a namespace lists this class or function under its own name; plugins are not asked.

    Example:
        >>> from torchkeras_compat.layers import Dense
        >>> lists("layers", Dense), lists("losses", Dense)
        (True, False)
    """
    name = getattr(obj, "__name__", None)
    return name in names_in(space) and getattr(namespace(space), str(name)) is obj


def public_module(obj: Any) -> str | None:
    """Return Keras's name of the public namespace that lists a class or function of ours, else None.

    Example:
        >>> import torchkeras_compat
        >>> public_module(torchkeras_compat.layers.Dense)
        'keras.layers'
        >>> public_module(torchkeras_compat.models.Sequential)  # of several, the name without a namespace
        'keras'
    """
    if not is_own(obj):
        return None
    if lists("", obj):
        return "keras"
    module: str = obj.__module__
    parts = module.split(".")
    candidates = ["optimizers.schedules"] if parts[1:3] == ["optimizers", "schedules"] else []
    for candidate in (*candidates, parts[1], {"dtypes": "dtype_policies"}.get(parts[1])):
        if candidate is None:
            continue
        try:
            if lists(candidate, obj):
                return "keras." + candidate
        except ModuleNotFoundError:  # the class says that it comes from a module that we do not have
            continue
    return None
