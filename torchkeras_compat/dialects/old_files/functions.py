"""Functions of TensorFlow as steps of models of Keras 2: `TFOpLambda` and `SlicingOpLambda`, and what they call.

A file names the function by its path below ``tensorflow`` or ``keras``, ``compat.v1.shape``, and holds its first
argument as what the layer is called on, and all others by name with that. Steps made of it are recorded calls of
the functions of `dialects.tensorflow` that files may name, or `GetItem` of `ops` where a tensor is sliced.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from torchkeras_compat.config import floatx
from torchkeras_compat.dialects.old_files.histories import is_constant, is_history
from torchkeras_compat.dialects.old_files.meanings import (
    FIRST,
    FIXED,
    LOST,
    LOST_SECOND,
    MEANINGS,
    RENAMED,
    UNUSED,
    without_meaning,
)
from torchkeras_compat.dialects.old_files.slices import as_get_item, with_ellipses
from torchkeras_compat.dialects.saved_functions import function_at, old_arguments_of, path_in_files
from torchkeras_compat.errors import FileContentError
from torchkeras_compat.kinds import OLD_FUNCTIONS
from torchkeras_compat.saving.old_files import OLD_FUNCTION

# Layers of Keras 2 that call what is not a function.
OF_RAGGED_TENSORS = ("ClassMethod", "InstanceMethod", "InstanceProperty")
_Entry = dict[str, Any]
_Convert = Callable[[Any], Any]


def function_entry(entry: _Entry, tensor: _Convert, value: _Convert) -> _Entry:
    """Return a layer of Keras 2 that calls a function of TensorFlow as an operation of today.

    Args:
        entry: What the file says of the layer and its calls.
        tensor: What makes a symbolic tensor of ``["dense", 0, 0]``.
        value: The same for all within a value.

    Raises:
        FileContentError: the file does not hold what the function is called on, or holds an argument unknown here.
        FileSafetyError: it names a function that files may not name.
    """
    symbol = str(entry["config"].get("function"))
    if entry["class_name"] in OF_RAGGED_TENSORS:
        raise FileContentError(
            f"Layer '{entry['name']}' of the file is a {entry['class_name']}: it makes or reads ragged or sparse"
            " tensors, which are not supported in models here. Build the model again in code with padded tensors, and"
            " use `load_weights` with this file."
        )
    calls = [_call(node, tensor, value) for node in entry["inbound_nodes"]]
    if symbol == "__operators__.getitem":
        found = as_get_item(entry["name"], calls)
        if found is not None:
            return found
        calls = [(x, {**kwargs, "slice_spec": with_ellipses(kwargs["slice_spec"])}) for x, kwargs in calls]
    if symbol in LOST or (symbol in LOST_SECOND and any("other" not in kwargs for _, kwargs in calls)):
        raise FileContentError(
            f"The file calls `tf.{symbol}` in layer '{entry['name']}' but does not say on which tensors: Keras 2 stores"
            " no arguments of functions that take any number of them, and cannot load such files itself. Build the"
            " model again in code, and use `load_weights` with this file."
        )
    path = MEANINGS.get(symbol) or path_in_files(symbol)
    nodes = [_with_names_of_today(entry["name"], symbol, path, *call) for call in calls]
    return old_operation(entry["name"], path, nodes)


def old_operation(name: str, path: str, nodes: list[_Entry]) -> _Entry:
    """Return the entry of a recorded function of an old dialect.

    Args:
        name: Of the operation.
        path: Of the function, as in `saved_functions`.
        nodes: Its calls: ``{"args": [...], "kwargs": {...}}``.
    """
    config = {"name": name, "function": path}
    return {
        "module": OLD_FUNCTIONS,
        "class_name": OLD_FUNCTION,
        "config": config,
        "name": name,
        "inbound_nodes": nodes,
    }


def _call(node: Any, tensor: _Convert, value: _Convert) -> tuple[Any, dict[str, Any]]:
    """Return the first argument of a call, and the others."""
    found: list[dict[str, Any]] = []

    def first(x: Any) -> Any:
        if is_constant(x) or is_history(x):
            found.append(x[3] if len(x) > 3 else {})
            return value(x[2]) if is_constant(x) else tensor(x)
        if isinstance(x, dict):
            return [first(v) for v in x["items"]] if "items" in x else {k: first(v) for k, v in x.items()}
        return [first(v) for v in x] if isinstance(x, list) else x

    args = first(node)
    return args, {k: _as_dtype(value(v)) for k, v in (found[0] if found else {}).items()}


def _as_dtype(x: Any) -> Any:
    """Return the name of a type of Python, ``bool``, which `.keras` files hold as a class."""
    return x["config"] if isinstance(x, dict) and x.get("class_name") == "type" else x


def _with_names_of_today(name: str, symbol: str, path: str, first: Any, kwargs: dict[str, Any]) -> _Entry:
    parameters = inspect.signature(function_at(path)[0]).parameters
    renamed = {**RENAMED, **old_arguments_of(symbol)}
    given: dict[str, Any] = dict(FIXED.get(symbol, {}))
    if symbol == "keras.backend.cast_to_floatx":
        given["dtype"] = floatx()
    for key, value in kwargs.items():
        new = key if key in parameters else renamed.get(key, key)
        if key == "name" or (new != key and value is None):
            continue
        if new in parameters:
            given[new] = value
        elif value is not None and not without_meaning(key) and key not in UNUSED.get(symbol, ()):
            raise FileContentError(
                f"The file calls `tf.{symbol}` in layer '{name}' with the argument `{key}`, which is not known here."
                f" Known are: {sorted(parameters)}. Build the model again in code, and use `load_weights` with this"
                " file."
            )
    by_name = FIRST.get(symbol)
    return {"args": [first], "kwargs": given} if by_name is None else {"args": [], "kwargs": {by_name: first, **given}}
