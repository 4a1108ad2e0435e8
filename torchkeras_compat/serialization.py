"""Objects to configuration dictionaries in Keras's format, and back.

Nothing that a configuration names is imported or run: names are looked up in the registry only.
"""

from __future__ import annotations

import contextlib
import contextvars
import functools
import inspect
import types
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import torch

from torchkeras_compat import registry
from torchkeras_compat.dtypes.names import standardize_dtype, to_torch_dtype
from torchkeras_compat.errors import UnknownNameError
from torchkeras_compat.plugins import manager

_KIND_OF_MODULE = {f"keras.{path}": kind for kind, path in registry.NAMESPACES.items()}

# What the open `sharing_objects` scope has met: id of an object to its number, or number in a config to its object.
_shared: contextvars.ContextVar[dict[int, Any] | None] = contextvars.ContextVar("shared_objects", default=None)


@contextlib.contextmanager
def sharing_objects() -> Iterator[None]:
    """Let objects that occur several times in what is serialized, or deserialized, be one object again.

    Keras marks them in its files with ``shared_object_id``; see :func:`without_single_marks`.
    """
    token = _shared.set({})
    try:
        yield
    finally:
        _shared.reset(token)


def without_single_marks(config: Any) -> Any:
    """Return a config serialized in a `sharing_objects` scope without the marks of objects that occur once."""
    counts: Counter[int] = Counter()

    def count(x: Any) -> None:
        if isinstance(x, dict):
            counts[x.get("shared_object_id", -1)] += 1
        for value in x.values() if isinstance(x, dict) else x if isinstance(x, list) else ():
            count(value)

    def strip(x: Any) -> Any:
        if isinstance(x, list):
            return [strip(v) for v in x]
        if not isinstance(x, dict):
            return x
        return {k: strip(v) for k, v in x.items() if k != "shared_object_id" or counts[v] > 1}

    count(config)
    return strip(config)


def serialize_keras_object(obj: Any) -> Any:
    """Return ``obj`` as plain data that JSON can hold.

    Args:
        obj: Object with ``get_config``, function, or nested lists, tuples and dicts of these and plain values.

    Raises:
        ValueError: ``obj`` is none of these.

    Example:
        >>> serialize_keras_object((1, 2))
        {'class_name': '__tuple__', 'items': [1, 2]}
    """
    if obj is None or (isinstance(obj, (str, bool, int, float)) and not isinstance(obj, np.generic)):
        return obj
    if isinstance(obj, bytes):
        return {"class_name": "__bytes__", "value": obj.decode("latin-1")}
    if isinstance(obj, tuple):
        return {"class_name": "__tuple__", "items": [serialize_keras_object(x) for x in obj]}
    if isinstance(obj, list):
        return [serialize_keras_object(x) for x in obj]
    if isinstance(obj, Mapping) and not hasattr(obj, "get_config"):
        return {str(k): serialize_keras_object(v) for k, v in obj.items()}
    if isinstance(obj, slice):
        parts = {"start": obj.start, "stop": obj.stop, "step": obj.step}
        return {"class_name": "__slice__", "config": {k: serialize_keras_object(v) for k, v in parts.items()}}
    if obj is Ellipsis:
        return {"class_name": "__ellipsis__", "config": {}}
    if isinstance(obj, torch.Size):
        return [int(x) for x in obj]
    if isinstance(obj, torch.Tensor):
        values = obj.detach().cpu()
        return {
            "class_name": "__tensor__",
            "config": {
                "value": values.float().tolist() if values.dtype is torch.bfloat16 else values.tolist(),
                "dtype": standardize_dtype(obj.dtype),
            },
        }
    if isinstance(obj, torch.dtype):
        return standardize_dtype(obj)
    if isinstance(obj, np.generic):
        return obj.item()
    if isinstance(obj, np.ndarray):
        return {"class_name": "__numpy__", "config": {"value": obj.tolist(), "dtype": obj.dtype.name}}
    if hasattr(obj, "to_torch_layout"):
        return serialize_keras_object(obj.value)
    if inspect.isclass(obj):
        return {
            "class_name": "__typespec__",
            "spec_name": obj.__name__,
            "module": obj.__module__,
            "config": None,
            "registered_name": None,
        }
    if hasattr(obj, "get_config"):
        return _serialize_instance(obj)
    if isinstance(obj, (types.FunctionType, types.BuiltinFunctionType)):
        return _serialize_function(obj)
    raise ValueError(f"Cannot serialize object {obj!r} of type {type(obj)}. Give its class a `get_config()` method.")


def _serialize_instance(obj: Any) -> dict[str, Any]:
    cls = type(obj)
    public = registry.public_module(cls)
    registered = registry.get_registered_name(cls)
    module = cls.__module__
    result: dict[str, Any] = {
        # Classes of ours that are not public lie where Keras's do: `keras.src.models.functional`.
        "module": public
        or ("keras.src." if module.startswith("torchkeras_compat.") else "")
        + module.removeprefix("torchkeras_compat."),
        "class_name": cls.__name__,
        "config": serialize_config(obj.get_config()),
        "registered_name": None if public else registered,
    }
    get_build_config = getattr(obj, "get_build_config", None)
    if get_build_config is not None and (build_config := get_build_config()) is not None:
        result["build_config"] = serialize_config(_shapes_as_lists(build_config))
    get_compile_config = getattr(obj, "get_compile_config", None)
    if get_compile_config is not None and (compile_config := get_compile_config()) is not None:
        result["compile_config"] = serialize_config(compile_config)
    shared = _shared.get()
    if shared is not None:
        # The object is kept beside its number, so that its id stays its own.
        result["shared_object_id"] = shared.setdefault(id(obj), (len(shared), obj))[0]
    return result


def serialize_config(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return a config with its values serialized; tuples of plain values become lists, as Keras writes shapes."""
    return {k: _serialize_value(v) for k, v in config.items()}


def _shapes_as_lists(value: Any) -> Any:
    """Return a build config with every tuple as a list: Keras reads no other shapes there."""
    if isinstance(value, Mapping):
        return {k: _shapes_as_lists(v) for k, v in value.items()}
    return [_shapes_as_lists(v) for v in value] if isinstance(value, (list, tuple)) else value


def _serialize_value(value: Any) -> Any:
    return _as_lists(value) if isinstance(value, tuple) and _is_plain(value) else serialize_keras_object(value)


def _is_plain(value: Any) -> bool:
    if isinstance(value, tuple):
        return all(map(_is_plain, value))
    return value is None or isinstance(value, (int, float, str))


def _as_lists(value: Any) -> Any:
    return [_as_lists(x) for x in value] if isinstance(value, tuple) else value


def _serialize_function(function: Any) -> dict[str, Any]:
    if function.__name__ == "<lambda>":
        raise ValueError(
            "A lambda cannot be serialized safely. Use a named function and register it with "
            "`@keras.saving.register_keras_serializable()`."
        )
    public = registry.public_module(function)
    return {
        "module": public or "builtins",
        "class_name": "function",
        "config": function.__name__,
        "registered_name": registry.get_registered_name(function) if public is None else "function",
    }


def deserialize_keras_object(
    config: Any, custom_objects: Mapping[str, Any] | None = None, safe_mode: bool = True, **kwargs: Any
) -> Any:
    """Return the object that :func:`serialize_keras_object` described.

    Args:
        config: What it returned.
        custom_objects: Further names and their classes or functions.
        safe_mode: Kept for Keras's signature: code stored in a config is never run, whatever it says.
        kwargs: Only Keras's legacy ``module_objects``.

    Raises:
        UnknownNameError: a class or function has no known name.
        ValueError: the config is malformed, or holds a lambda as bytecode.

    Example:
        >>> deserialize_keras_object({'class_name': '__tuple__', 'items': [1, 2]})
        (1, 2)
    """
    module_objects = kwargs.pop("module_objects", None)
    if kwargs:
        raise TypeError(f"Unknown arguments of deserialize_keras_object: {sorted(kwargs)}")
    if custom_objects or module_objects:
        with registry.custom_object_scope({**(module_objects or {}), **(custom_objects or {})}):
            return deserialize_keras_object(config, safe_mode=safe_mode)
    if config is None or isinstance(config, (bool, int, float)):
        return config
    if isinstance(config, str):
        found = registry.get_registered_object(config)
        return config if found is None else found
    if isinstance(config, (list, tuple)):
        return [deserialize_keras_object(x, safe_mode=safe_mode) for x in config]
    if not isinstance(config, Mapping):
        return config
    if "class_name" not in config:
        return {k: deserialize_keras_object(v, safe_mode=safe_mode) for k, v in config.items()}
    special = _SPECIAL.get(config["class_name"])
    if special is not None:
        return special(config, safe_mode)
    if "config" not in config:
        return {k: deserialize_keras_object(v, safe_mode=safe_mode) for k, v in config.items()}
    return _deserialize_named(config, safe_mode)


def _deserialize_tensor(config: Mapping[str, Any], safe_mode: bool) -> torch.Tensor:
    return torch.tensor(config["config"]["value"], dtype=to_torch_dtype(config["config"]["dtype"]))


def _refuse_lambda(config: Mapping[str, Any], safe_mode: bool) -> Any:
    raise ValueError(
        "The config holds a `lambda` as Python bytecode. It allows arbitrary code execution, so it is never loaded. "
        "Save the model with a named function registered by `@keras.saving.register_keras_serializable()`, or pass the "
        "function in `custom_objects`."
    )


def _refuse_typespec(config: Mapping[str, Any], safe_mode: bool) -> Any:
    if not isinstance(config.get("config"), (list, tuple)):
        raise TypeError(f"Expected 'config' to be a list or a tuple, of a type specification. Received: {config}")
    raise ValueError(f"Type specifications of TensorFlow are not supported. Received: {config}")


_SPECIAL: dict[str, Callable[[Mapping[str, Any], bool], Any]] = {
    "__tuple__": lambda c, safe: tuple(deserialize_keras_object(x, safe_mode=safe) for x in c["items"]),
    "__bytes__": lambda c, safe: c["value"].encode("latin-1"),
    "__numpy__": lambda c, safe: np.array(c["config"]["value"], dtype=c["config"]["dtype"]),
    "__tensor__": _deserialize_tensor,
    "__slice__": lambda c, safe: slice(
        *(deserialize_keras_object(c["config"][k], safe_mode=safe) for k in ("start", "stop", "step"))
    ),
    "__ellipsis__": lambda c, safe: Ellipsis,
    "__lambda__": _refuse_lambda,
    "__typespec__": _refuse_typespec,
}


def _deserialize_named(config: Mapping[str, Any], safe_mode: bool) -> Any:
    shared, number = _shared.get(), config.get("shared_object_id")
    if shared is not None and isinstance(number, int) and number in shared:
        return shared[number]
    made = _make_named(config, safe_mode)
    if shared is not None and isinstance(number, int):
        shared[number] = made
    return made


def _make_named(config: Mapping[str, Any], safe_mode: bool) -> Any:
    module = config.get("module")
    inner = config["config"]
    if config["class_name"] == "function":
        if not isinstance(inner, str):
            raise TypeError(f"Expected 'config' to be a non-null string, the name of a function. Received: {config}")
        return _find(module, inner, config.get("registered_name"))
    if not isinstance(inner, Mapping) and inner is not None:
        raise TypeError(f"Expected 'config' to be a dict, the settings of an object. Received: {config}")
    cls: Any = _find(module, config["class_name"], config.get("registered_name"))
    if not inspect.isclass(cls):
        return cls
    if not hasattr(cls, "from_config"):
        raise TypeError(
            f"Unable to reconstruct an instance of '{config['class_name']}': the class has no `from_config()` method."
        )
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
        if "explicitly deserialized" in str(error):
            raise
        raise TypeError(
            f"{cls.__name__} could not be made from its config: {error}. If `get_config()` of a class returns layers or"
            " other objects, make sure that they are explicitly deserialized in its `from_config()`."
        ) from error


def _known_settings(cls: type, config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the config without the settings of other versions of Keras that are off and that our class lacks."""
    if not cls.__module__.startswith("torchkeras_compat."):
        return dict(config)
    return {k: v for k, v in config.items() if v is not None or k in _parameters(cls)}


@functools.cache
def _parameters(cls: type) -> frozenset[str]:
    makers = [vars(base)["__init__"] for base in cls.__mro__ if "__init__" in vars(base) and base is not object]
    return frozenset(name for make in makers for name in inspect.signature(make).parameters)


def _find(module: str | None, name: str, registered_name: str | None) -> Any:
    """Return the class or function of a config: registered and custom objects first, then the public namespace."""
    for candidate in (registered_name, name):
        found = registry.get_registered_object(candidate) if candidate and candidate != "function" else None
        if found is not None:
            return found
    module = (module or "").replace("tensorflow.", "").replace("keras.src.", "keras.")
    kind = next(
        (kind for path, kind in _KIND_OF_MODULE.items() if module == path or module.startswith(path + ".")), None
    )
    if kind == "optimizers" and module.startswith("keras.optimizers.schedules"):
        kind = "schedules"
    if registered_name in (None, "", "function", name):
        found = _built_in(module, kind, name)
        if found is not None:
            return found
    offered = manager.find_in_file(module, name, registered_name)
    if offered is not None:
        registry.check_plugin_object(offered)
        return offered
    if _built_in(module, kind, name) is not None:
        raise ValueError(
            f"The config says registered_name={registered_name!r}, which is not registered, and its class_name {name!r}"
            " resolved to a Keras built-in. Register the class, pass it in `custom_objects`, or take the registered"
            " name out of the config."
        )
    raise UnknownNameError(
        f"Could not locate {name!r} of module {module!r}. If it is a custom class or function, register it with"
        " `@keras.saving.register_keras_serializable()`, pass it in `custom_objects`, or install the plugin it comes"
        " from."
    )


# Classes that Keras exports under another name than their own, which is in files.
_PUBLIC_NAMES = {"GroupedQueryAttention": "GroupQueryAttention"}


def _built_in(module: str, kind: str | None, name: str) -> Any:
    """Return what this package calls ``name``, or None; of a registered function, its name without the package."""
    name = _PUBLIC_NAMES.get(name, name)
    if kind is not None:
        return registry.lookup(kind, name)
    if module not in ("builtins", "", "keras") and not module.startswith("keras."):
        return None
    found = registry.find_public(module, name)
    if found is not None:
        return found
    for kind in registry.NAMESPACES:  # of every kind, before plugins load
        found = registry.find_without_plugins(kind, name)
        if found is not None:
            return found
    for kind in registry.NAMESPACES:
        with contextlib.suppress(UnknownNameError):
            return registry.lookup(kind, name)
    return registry.find_registered(name)


def resolve(kind: str, identifier: Any, *, base: type | None = None, aliases: Mapping[str, str] | None = None) -> Any:
    """Return the object that ``identifier`` means: the body of every ``get``.

    Args:
        kind: Kind of object, a key of ``registry.NAMESPACES``.
        identifier: None, a name, a config, a class, an instance or a callable.
        base: Class of the instances of this kind.
        aliases: Further names of the kind, to public names.

    Returns:
        None for None; an instance for a class, a name of a class, or a config; else the object itself.

    Raises:
        UnknownNameError: nothing has this name.
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
        found = _from_mapping(kind, identifier, aliases)
    if inspect.isclass(found):
        found = found()
    if callable(found) or (base is not None and isinstance(found, base)):
        return found
    raise ValueError(
        f"Could not interpret identifier of {kind}: {identifier!r} of type {type(identifier).__name__}. "
        "Use a name, a config dictionary, an instance or a callable."
    )


def _from_mapping(kind: str, config: Mapping[str, Any], aliases: Mapping[str, str] | None) -> Any:
    if "module" in config or config.get("class_name") in ("function", *_SPECIAL):
        return deserialize_keras_object(config)
    if "class_name" not in config:
        raise ValueError(
            f"Could not interpret config of {kind}: {dict(config)!r}. It needs the keys 'class_name' and 'config'."
        )
    found: Any = registry.lookup(kind, config["class_name"], aliases)
    make: Any = found
    return make.from_config(dict(config.get("config") or {})) if inspect.isclass(found) else found
