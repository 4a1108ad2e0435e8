"""Objects to configuration dictionaries in Keras's format; `deserialization` is the way back."""

from __future__ import annotations

import contextlib
import contextvars
import inspect
import types
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import torch

from torchkeras_compat.custom_objects import get_registered_name
from torchkeras_compat.dtypes.names import standardize_dtype
from torchkeras_compat.given_functions import as_given
from torchkeras_compat.kinds import find, module_in_files
from torchkeras_compat.own_code import is_own
from torchkeras_compat.pickled_functions import unmade
from torchkeras_compat.public_names import lists, named, public_module
from torchkeras_compat.variable_base import VariableBase

# What the open `sharing_objects` scope has met: id of an object to its number, or number in a config to its object.
shared_objects: contextvars.ContextVar[dict[int, Any] | None] = contextvars.ContextVar("shared_objects", default=None)


@contextlib.contextmanager
def sharing_objects() -> Iterator[None]:
    """Let objects that occur several times in what is serialized, or deserialized, be one object again.

    Keras marks them in its files with ``shared_object_id``; see :func:`without_single_marks`.
    """
    token = shared_objects.set({})
    try:
        yield
    finally:
        shared_objects.reset(token)


@contextlib.contextmanager
def copying() -> Iterator[None]:
    """Context manager in which objects are made from the configs of others: a part of a copy is one of its own.

    A layer may copy another while a file is read, where the same numbers stand for objects of the file.
    """
    token = shared_objects.set(None)
    try:
        yield
    finally:
        shared_objects.reset(token)


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


def with_shared_layers(model: Any) -> Any:
    """Return the config of a model in which layers that lie in several of its models are marked, and nothing else is.

    Keras writes no marks into JSON and `.h5` files, and reads over them.
    """
    with sharing_objects():
        return without_single_marks(_without_marks_of_settings(serialize_keras_object(model)))


def _without_marks_of_settings(config: Any) -> Any:
    if isinstance(config, list):
        return [_without_marks_of_settings(x) for x in config]
    if not isinstance(config, dict):
        return config
    inner = config.get("config")
    is_layer = isinstance(inner, dict) and "name" in inner and ("trainable" in inner or "layers" in inner)
    return {k: _without_marks_of_settings(v) for k, v in config.items() if is_layer or k != "shared_object_id"}


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
    if isinstance(obj, VariableBase):
        return serialize_keras_object(obj.value)
    if inspect.isclass(obj):
        return {
            "class_name": "__typespec__",
            "spec_name": obj.__name__,
            "module": obj.__module__,
            "config": None,
            "registered_name": None,
        }
    obj = as_given(obj)
    if hasattr(obj, "get_config"):
        return _serialize_instance(obj)
    if isinstance(obj, (types.FunctionType, types.BuiltinFunctionType)):
        return _serialize_function(obj)
    raise ValueError(f"Cannot serialize object {obj!r} of type {type(obj)}. Give its class a `get_config()` method.")


def _serialize_instance(obj: Any) -> dict[str, Any]:
    cls = type(obj)
    public = public_module(cls)
    registered = get_registered_name(cls)
    # Classes of ours that are not public mostly lie where Keras's do: `keras.src.models.functional`.
    module: str | None = f"keras.src.{cls.__module__.partition('.')[2]}" if is_own(cls) else cls.__module__
    is_module = isinstance(obj, torch.nn.Module)
    if module == "__main__":
        module = None  # as in Keras's files: another process has another
    result: dict[str, Any] = {
        "module": public or module_in_files(cls) or module,
        "class_name": cls.__name__,
        "config": serialize_config(_with_wrappers(obj.get_config()) if is_module else obj.get_config()),
        "registered_name": None if public else registered,
    }
    get_build_config = getattr(obj, "get_build_config", None)
    if get_build_config is not None and (build_config := get_build_config()) is not None:
        result["build_config"] = serialize_config(_shapes_as_lists(build_config))
    get_compile_config = getattr(obj, "get_compile_config", None)
    if get_compile_config is not None and (compile_config := get_compile_config()) is not None:
        result["compile_config"] = serialize_config(compile_config)
    shared = shared_objects.get()
    if shared is not None:
        # The object is kept beside its number, so that its id stays its own.
        result["shared_object_id"] = shared.setdefault(id(obj), (len(shared), obj))[0]
    return result


def _with_wrappers(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the config of a layer with its plain torch modules as layers, which they are in Keras from the start."""
    wrapper: Any = find("layers", "TorchModuleWrapper")
    is_plain = {k: isinstance(v, torch.nn.Module) and not hasattr(v, "get_config") for k, v in config.items()}
    return {k: wrapper(v) if is_plain[k] else v for k, v in config.items()}


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
    function = unmade(function)
    if function.__name__ == "<lambda>":
        raise ValueError(
            "A lambda cannot be serialized safely. Use a named function and register it with "
            "`@keras.saving.register_keras_serializable()`."
        )
    public = public_module(function)
    if public is None and is_own(function) and get_registered_name(function) == function.__name__:
        old = named("dialects.saved_functions.named_value")(function)
        if old is not None:
            module = "builtins" if old[0] in ("keras.activations", "keras.losses", "keras.metrics") else old[0]
            return {"module": module, "class_name": "function", "config": old[1], "registered_name": "function"}
    if public is not None and _is_found_by_name(function):
        public = "builtins"
    return {
        "module": public or "builtins",
        "class_name": "function",
        "config": function.__name__ if public else get_registered_name(function),
        "registered_name": "function",
    }


def _is_found_by_name(function: Any) -> bool:
    """Whether Keras, which looks a function up in some namespaces by its name alone, finds one that means the same.

    Of the functions of `ops` with the name of an activation, `gelu` has another default.
    """
    spaces = ("activations", "losses", "metrics")
    return function.__name__ in ("relu", "tanh") or any(lists(space, function) for space in spaces)
