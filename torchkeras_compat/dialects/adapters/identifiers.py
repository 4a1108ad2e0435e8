"""``get`` and ``deserialize`` of optimizers, losses and their kin: what a name meant in each older Keras."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from torchkeras_compat.dialects.adapters.adapter import Adapter, Arguments
from torchkeras_compat.dialects.adapters.functions import function_of
from torchkeras_compat.dialects.adapters.optimizers import NAMES
from torchkeras_compat.dialects.adapters.values import meant
from torchkeras_compat.legacy.activations.hard_sigmoid import hard_sigmoid
from torchkeras_compat.public_names import named

_FINDER = "dialects.adapters.identifiers.found"
# Ends of the names of arguments that take one of the kind.
_ENDS = {"initializers": "initializer", "regularizers": "regularizer", "constraints": "constraint"}


def identifier(kind: str, arguments: Arguments, dialect: str) -> tuple[str, Arguments]:
    """``get(identifier)``, or ``deserialize(config)``, of a kind.

    Args:
        kind: ``"optimizers"``, ``"losses"``, ``"metrics"``, ``"activations"``, ``"initializers"``, ``"regularizers"``
            or ``"constraints"``.
        arguments: Of the call.
        dialect: Name of the dialect.
    """
    names = ("identifier", "config", "name")
    given = next((arguments[name] for name in names if name in arguments), None)
    scope = arguments.get("custom_objects")
    return _FINDER, {"kind": kind, "dialect": dialect, "given": given, "custom_objects": scope}


def found(kind: str, dialect: str, given: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """Return what a name, config or object means in a dialect.

    Args:
        kind: As for :func:`identifier`.
        dialect: Name of the dialect.
        given: Name, config, or the object itself.
        custom_objects: Further names, which go first.

    Raises:
        ValueError: nothing has this name.

    Example:
        >>> type(found("optimizers", "keras2", "nadam")).__name__
        'LegacyNadam'
        >>> found("regularizers", "keras2", "l1_l2").l1
        0.01
    """
    is_own = isinstance(given, str) and given in (custom_objects or {})
    if kind == "optimizers" and not is_own:
        made = _optimizer(given, dialect)
        if made is not None:
            return made
    elif kind in _ENDS and not is_own:
        given = meant({_ENDS[kind]: given}, dialect)[_ENDS[kind]]
    elif isinstance(given, str) and not is_own:
        if kind == "activations" and given == "hard_sigmoid":
            return hard_sigmoid
        path = function_of(dialect, kind, given)
        if path is not None:
            return named(path)
    if custom_objects or isinstance(given, dict):
        return named(f"{kind}.deserialize")(given, custom_objects=custom_objects)
    return named(f"{kind}.get")(given)


def _optimizer(given: Any, dialect: str) -> Any:
    """Return an optimizer by its name or config, None for anything else."""
    settings = {}
    if isinstance(given, dict) and isinstance(given.get("config"), dict):
        given, settings = given.get("class_name"), given["config"]
    name = next((name for name in NAMES if isinstance(given, str) and name.lower() == given.lower()), None)
    if name is None:
        return None
    core = named(f"optimizers.{name}")
    return named("dialects.facades.facade_of")(dialect, f"optimizers.{name}", core)(**settings)


def serialized(arguments: Arguments, dialect: str) -> Arguments | tuple[str, Arguments]:
    """``serialize(thing)``, or that in the form of before 2.13: ``use_legacy_format=True``."""
    given = dict(arguments)
    if given.pop("use_legacy_format", False):
        return "legacy.saving.serialization.serialize_keras_object", {"instance": next(iter(given.values()), None)}
    return given


def deserialized(arguments: Arguments, dialect: str) -> Arguments:
    """``deserialize(config)``, which reads the form of before 2.13 without being asked."""
    return {name: value for name, value in arguments.items() if name != "use_legacy_format"}


IDENTIFIERS: dict[str, Adapter] = {
    **{
        f"{kind}.serialize": serialized
        for kind in ("optimizers", "losses", "metrics", "activations", "layers", "optimizers.schedules", *_ENDS)
    },
    **{
        f"{kind}.{function}": functools.partial(identifier, kind)
        for kind in ("optimizers", "losses", "metrics", "activations", *_ENDS)
        for function in ("get", "deserialize")
    },
    "layers.deserialize": deserialized,
    "optimizers.schedules.deserialize": deserialized,
}
