"""Configuration dictionaries in Keras's format to objects.

A config describes; it never acts. Each position takes objects of certain kinds, and only public classes and functions
of these kinds, and what the user has passed or registered, are made. Nothing is imported by a name in a config.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import torch

from torchkeras_compat import kinds, registry
from torchkeras_compat.config_names import find_named
from torchkeras_compat.config_place import making, where
from torchkeras_compat.custom_objects import custom_object_scope
from torchkeras_compat.dtypes.names import stored_torch_dtype
from torchkeras_compat.errors import FileContentError, FileSafetyError, UnknownNameError
from torchkeras_compat.own_code import is_own
from torchkeras_compat.plugins import config_source
from torchkeras_compat.serialization import shared_objects
from torchkeras_compat.stored_code import SWITCH, parts_of, stored_function

# Positions that take functions of tensors.
_TAKE_FUNCTIONS = frozenset(name for name, kind in kinds.KINDS.items() if kind.has_functions)


def deserialize_keras_object(
    config: Any, custom_objects: Mapping[str, Any] | None = None, safe_mode: bool = True, **kwargs: Any
) -> Any:
    """Return the object that ``serialize_keras_object`` described.

    Args:
        config: What it returned.
        custom_objects: Further names and their classes or functions.
        safe_mode: Kept for Keras's signature: code stored in a config is never run, whatever it says.
        kwargs: Only Keras's legacy ``module_objects``, further names, and ``printable_module_name``, which has no
            meaning any more.

    Raises:
        UnknownNameError: a class or function has no known name.
        FileSafetyError: something is named that may not stand where it stands, such as a function that reads files.
        FileContentError: the config is malformed.
        ValueError: the config holds a lambda as bytecode.

    Example:
        >>> deserialize_keras_object({'class_name': '__tuple__', 'items': [1, 2]})
        (1, 2)
    """
    module_objects = kwargs.pop("module_objects", None)
    kwargs.pop("printable_module_name", None)
    if kwargs:
        raise TypeError(f"Unknown arguments of deserialize_keras_object: {sorted(kwargs)}")
    if isinstance(config, str) and inspect.isclass((module_objects or {}).get(config)):
        config = {"class_name": config, "config": {}}
    return deserialize_config(kinds.ANY, config, {**(module_objects or {}), **(custom_objects or {})})


def deserialize_config(
    wanted: str | tuple[str, ...], config: Any, custom_objects: Mapping[str, Any] | None = None
) -> Any:
    """Return the object that a config from outside describes: the body of the public ``deserialize`` of each kind.

    Of what plugins register, only what they declare safe is made, as from a file. Arguments and errors are those of
    :func:`deserialize_as`; a config that is nested too deeply is a FileContentError.
    """
    with config_source.reading_config(), _saying_malformed():
        return deserialize_as(wanted, config, custom_objects)


@contextlib.contextmanager
def _saying_malformed() -> Iterator[None]:
    """Turn what a malformed config raises somewhere inside into a FileContentError."""
    try:
        yield
    except RecursionError as error:
        raise FileContentError(
            "The config is nested too deeply, or holds itself. A config is what `get_config` returned."
        ) from error
    except (KeyError, IndexError, AttributeError, OverflowError) as error:
        raise FileContentError(
            f"The config is malformed: {type(error).__name__}: {error}. A config is what `get_config` returned; if a"
            " class of yours raises this, fix the class."
        ) from error


def deserialize_as(wanted: str | tuple[str, ...], config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """Return the object, or nested objects, that a config describes at a position that takes certain kinds.

    Args:
        wanted: Keys of ``kinds.KINDS``: what may be made. Plain values, arrays, tuples and slices always may.
        config: Config of an object, or lists and dicts of configs and plain values.
        custom_objects: Further names and their classes or functions.

    Raises:
        UnknownNameError: a class or function has no known name.
        FileSafetyError: something is named that is not of these kinds.
        FileContentError: the config is malformed.

    Example:
        >>> deserialize_as("initializers", {"class_name": "Zeros", "config": {}})((2,)).tolist()
        [0.0, 0.0]
    """
    with custom_object_scope(custom_objects) if custom_objects else contextlib.nullcontext():
        return _read((wanted,) if isinstance(wanted, str) else wanted, config)


def deserialize_model(config: Any) -> Any:
    """Return the model or layer that the config of a file describes.

    Raises:
        FileContentError: the config describes no object.
        UnknownNameError, FileSafetyError: as for :func:`deserialize_as`.
    """
    if not isinstance(config, Mapping) or not isinstance(config.get("class_name"), str) or "config" not in config:
        raise FileContentError(
            "The config describes no model: it is not an object with `class_name` and `config`. Save the model again."
            f" Received: {config!r:.200}"
        )
    return deserialize_as("layers", config)


def _read(wanted: tuple[str, ...], config: Any) -> Any:
    if config is None or isinstance(config, (bool, int, float)):
        return config
    if isinstance(config, str):
        found = registry.find_custom(wanted, config) if wanted else None
        return config if found is None else found
    if isinstance(config, (list, tuple)):
        return [_read(wanted, x) for x in config]
    if not isinstance(config, Mapping):
        return config
    name = config.get("class_name")
    if isinstance(name, str) and name in SPECIAL:
        return _read_special(wanted, config)
    if "class_name" not in config or "config" not in config:
        return {k: _read(wanted, v) for k, v in config.items()}
    if not isinstance(name, str):
        raise FileContentError(f"The `class_name` of a config is a string{where()}. Received: {name!r}")
    return _shared_or_made(wanted, config)


# -- values ----------------------------------------------------------------------------------------------------------


def _read_special(wanted: tuple[str, ...], config: Mapping[str, Any]) -> Any:
    make = SPECIAL[config["class_name"]]
    if make in (_lambda, _refuse_typespec):
        return make(wanted, config)
    try:
        return make(wanted, config)
    except (UnknownNameError, FileSafetyError, FileContentError):
        raise
    except (KeyError, AttributeError, TypeError, ValueError, OverflowError) as error:
        raise FileContentError(
            f"The config of a {config['class_name'].strip('_')}{where()} is malformed: {type(error).__name__}:"
            f" {error}. Received: {dict(config)!r:.200}"
        ) from error


def _array(wanted: tuple[str, ...], config: Mapping[str, Any]) -> np.ndarray:
    dtype = np.dtype(config["config"]["dtype"])
    if dtype.kind not in "fiubc":
        raise ValueError(f"an array in a config holds numbers, not dtype={dtype.name!r:.50}")
    return np.array(config["config"]["value"], dtype=dtype)


def _tensor(wanted: tuple[str, ...], config: Mapping[str, Any]) -> torch.Tensor:
    return torch.tensor(config["config"]["value"], dtype=stored_torch_dtype(config["config"]["dtype"]))


def _slice(wanted: tuple[str, ...], config: Mapping[str, Any]) -> slice:
    return slice(*(_read((), config["config"][key]) for key in ("start", "stop", "step")))


def _lambda(wanted: tuple[str, ...], config: Mapping[str, Any]) -> Any:
    if SWITCH.is_on and _TAKE_FUNCTIONS.intersection(wanted):
        code, defaults, closure = parts_of(config)
        return stored_function(code, _read((), defaults), _read((), closure))
    raise FileSafetyError(
        f"The config holds a `lambda` as Python bytecode{where()}. It allows arbitrary code execution, so it is never"
        " loaded. Save the model with a named function registered by `@keras.saving.register_keras_serializable()`, or"
        " make the model in code and load its weights; the function of a `Lambda` layer is taken from `custom_objects`."
    )


def _refuse_typespec(wanted: tuple[str, ...], config: Mapping[str, Any]) -> Any:
    if not isinstance(config.get("config"), (list, tuple)):
        raise TypeError(f"Expected 'config' to be a list or a tuple, of a type specification. Received: {config}")
    raise ValueError(f"Type specifications of TensorFlow are not supported. Received: {config}")


SPECIAL: dict[str, Callable[[tuple[str, ...], Mapping[str, Any]], Any]] = {
    "__tuple__": lambda wanted, config: tuple(_read(wanted, x) for x in config["items"]),
    "__bytes__": lambda wanted, config: config["value"].encode("latin-1"),
    "__numpy__": _array,
    "__tensor__": _tensor,
    "__slice__": _slice,
    "__ellipsis__": lambda wanted, config: Ellipsis,
    "__lambda__": _lambda,
    "__typespec__": _refuse_typespec,
}


# -- objects ---------------------------------------------------------------------------------------------------------


def _shared_or_made(wanted: tuple[str, ...], config: Mapping[str, Any]) -> Any:
    shared, number = shared_objects.get(), config.get("shared_object_id")
    # There is one of each function anyway, and which kind it is of says the position where it is named.
    if shared is None or not isinstance(number, int) or config["class_name"] == "function":
        return _make(wanted, config)
    if number not in shared:
        shared[number] = _make(wanted, config)
    elif (own := kinds.kinds_of_class(type(shared[number]))) and not own & set(kinds.accepted(wanted)):
        raise FileSafetyError(
            f"The config refers to a {type(shared[number]).__name__} where {kinds.describe(wanted)} is wanted{where()}."
        )
    return shared[number]


def _make(wanted: tuple[str, ...], config: Mapping[str, Any]) -> Any:
    found, inner = find_named(wanted, config), config["config"]
    if config["class_name"] == "function":
        return found
    cls: Any = found
    with making(cls, inner or {}):
        instance = _from_config(cls, _known_settings(cls, inner or {}))
        build_config = config.get("build_config")
        if build_config and hasattr(instance, "build_from_config") and not getattr(instance, "built", False):
            instance.build_from_config(build_config)
        compile_config = config.get("compile_config")
        if compile_config and hasattr(instance, "compile_from_config"):
            instance.compile_from_config(compile_config)
    return instance


def _from_config(cls: Any, config: dict[str, Any]) -> Any:
    try:
        return cls.from_config(config)
    except TypeError as error:
        if isinstance(error, ValueError) or "explicitly deserialized" in str(error):
            raise  # says what is wrong already
        raise TypeError(
            f"{cls.__name__} could not be made from its config: {error}. If `get_config()` of a class returns layers or"
            " other objects, make sure that they are explicitly deserialized in its `from_config()`."
        ) from error


# Settings that Keras 3.0 to 3.5 wrote and did not use.
_UNUSED_SETTINGS = {"RandomRotation": "value_range"}


def _known_settings(cls: type, config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the config without the settings of other versions of Keras that mean nothing and that our class lacks."""
    if not is_own(cls):
        return dict(config)
    unused = _UNUSED_SETTINGS.get(cls.__name__)
    return {k: v for k, v in config.items() if k in _parameters(cls) or (v is not None and k != unused)}


@functools.cache
def _parameters(cls: type) -> frozenset[str]:
    makers = [vars(base)["__init__"] for base in cls.__mro__ if "__init__" in vars(base) and base is not object]
    return frozenset(name for make in makers for name in inspect.signature(make).parameters)


# -- identifiers -----------------------------------------------------------------------------------------------------


def resolve(kind: str, identifier: Any, *, base: type | None = None, aliases: Mapping[str, str] | None = None) -> Any:
    """Return the object that ``identifier`` means: the body of every ``get``.

    Args:
        kind: Kind of object, a key of ``kinds.KINDS``.
        identifier: None, a name, a config, a class, an instance or a callable.
        base: Class of the instances of this kind.
        aliases: Further names of the kind, to public names.

    Returns:
        None for None; an instance for a class, a name of a class, or a config; else the object itself.

    Raises:
        UnknownNameError: nothing has this name.
        FileSafetyError: a config names something of another kind.
        ValueError: ``identifier`` is none of these.
    """
    if identifier is None:
        return None
    if base is not None and isinstance(identifier, base):
        return identifier
    found = identifier
    if isinstance(identifier, str):
        found = registry.lookup(kind, identifier, aliases)
    elif isinstance(identifier, Mapping):
        if "class_name" not in identifier:
            raise ValueError(
                f"Could not interpret config of {kind}: {dict(identifier)!r}. It needs the keys 'class_name' and"
                " 'config'."
            )
        config = {"config": {}, **identifier}
        if aliases and isinstance(config["class_name"], str):
            config["class_name"] = aliases.get(config["class_name"], config["class_name"])
        with _saying_malformed():
            found = deserialize_as(kind, config)
    if inspect.isclass(found):
        found = found()
    if callable(found) or (base is not None and isinstance(found, base)):
        return found
    raise ValueError(
        f"Could not interpret identifier of {kind}: {identifier!r} of type {type(identifier).__name__}. "
        "Use a name, a config dictionary, an instance or a callable."
    )
