"""Objects by name, out of the names of a module."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torchkeras_compat.custom_objects import get_registered_object
from torchkeras_compat.errors import UnknownNameError, nearest


def get_from_module(
    identifier: Any,
    module_params: Mapping[str, Any],
    module_name: str,
    instantiate: bool = False,
    kwargs: Mapping[str, Any] | None = None,
) -> Any:
    """Return what a name means: a custom object, or one of the names given.

    Args:
        identifier: The name; or a dictionary with ``"name"`` and arguments, for an object made with them. Anything else
            is returned as it is.
        module_params: Names and what they mean, such as ``globals()``.
        module_name: What is looked for, for the message.
        instantiate: Whether to call what is found.
        kwargs: Arguments of this call.

    Raises:
        UnknownNameError: the name is unknown.

    Example:
        >>> get_from_module("sum", {"sum": sum}, "function")([1, 2])
        3

    Source: Keras 1.2 API, utils/generic_utils.
    """
    if isinstance(identifier, str):
        found = _find(identifier, module_params, module_name)
        return found(**(kwargs or {})) if instantiate else found
    if isinstance(identifier, dict):
        arguments = dict(identifier)
        return _find(arguments.pop("name", None), module_params, module_name)(**arguments)
    return identifier


def _find(name: Any, known: Mapping[str, Any], what: str) -> Any:
    found = get_registered_object(name, None, known) if isinstance(name, str) else None
    if found is None:
        raise UnknownNameError(f"Invalid {what}: {name!r}.{nearest(str(name), known)}")
    return found
