"""Classes and functions of the user that names may mean: those in scope, and those registered for good."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

_Object = TypeVar("_Object", bound=Callable[..., Any])

_registered: dict[str, Any] = {}
_registered_names: dict[Any, str] = {}
_scopes: list[Mapping[str, Any]] = []


def get_custom_objects() -> dict[str, Any]:
    """Return the process-wide dictionary of custom objects, name to class or function; changes to it count."""
    return _registered


@contextlib.contextmanager
def custom_object_scope(custom_objects: Mapping[str, Any] | None = None) -> Iterator[Mapping[str, Any]]:
    """Make custom objects known by name inside the scope.

    Args:
        custom_objects: Names and their classes or functions.

    Example:
        >>> with custom_object_scope({"double": lambda x: 2 * x}):
        ...     get_registered_object("double")(3)
        6
    """
    _scopes.append(dict(custom_objects or {}))
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


def register_keras_serializable(package: str = "Custom", name: str | None = None) -> Callable[[_Object], _Object]:
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

    def decorate(obj: _Object) -> _Object:
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
    for table in (*tables(), custom_objects or {}, module_objects or {}):
        if name in table:
            return table[name]
    return None


def tables() -> tuple[Mapping[str, Any], ...]:
    """Return what names may mean, name to class or function, in the order of the look-up."""
    return (*reversed(_scopes), _registered)
