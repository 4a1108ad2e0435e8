"""Functions of TensorFlow as steps of models of Keras 2: `TFOpLambda` and `SlicingOpLambda`, and what they call.

A file names the function by its path below ``tensorflow`` or ``keras``, ``compat.v1.shape``, and holds its first
argument as what the layer is called on, and all others by name with that. Steps made of it are recorded calls of
the functions of `dialects.tensorflow` that files may name, or `GetItem` of `ops` where a tensor is sliced.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from torchkeras_compat.dialects.old_files.histories import is_constant, is_history
from torchkeras_compat.dialects.old_files.meanings import Meaning, is_lost, meaning_of
from torchkeras_compat.dialects.old_files.node_defs import dtype_of_number
from torchkeras_compat.dialects.old_files.slices import as_get_item, with_ellipses
from torchkeras_compat.dialects.saved_functions import function_at
from torchkeras_compat.errors import FileContentError
from torchkeras_compat.kinds import OLD_FUNCTIONS
from torchkeras_compat.saving.old_files import OLD_FUNCTION

# Layers of Keras 2 that call what is not a function.
OF_RAGGED_TENSORS = ("ClassMethod", "InstanceMethod", "InstanceProperty")
INSTEAD = "Build the model again in code, and use `load_weights` with this file."
# Arguments that are dtypes, which files may hold as TensorFlow's numbers of them.
_DTYPES = ("dtype", "type", "out_type", "output_type", "out_idx", "index_type", "Tout")
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
    name = entry["name"]
    if entry["class_name"] in OF_RAGGED_TENSORS:
        raise FileContentError(
            f"Layer '{name}' of the file is a {entry['class_name']}: it makes or reads ragged or sparse tensors, which"
            f" are not supported in models here. Use padded tensors. {INSTEAD}"
        )
    symbol = str(entry["config"].get("function"))
    calls = [_call(node, tensor, value) for node in entry["inbound_nodes"]]
    if any(is_lost(symbol, kwargs) for _, kwargs in calls):
        raise FileContentError(
            f"The file calls `tf.{symbol}` in layer '{name}' but does not say on which tensors: Keras 2 leaves them out"
            " for functions that take any number of tensors, and for `==` and `!=`, and cannot load such files itself."
            f" {INSTEAD}"
        )
    if symbol == "__operators__.getitem":
        found = as_get_item(name, calls)
        if found is not None:
            return found
        calls = [(x, {**kwargs, "slice_spec": with_ellipses(kwargs["slice_spec"])}) for x, kwargs in calls]
    meaning = meaning_of(symbol)
    return old_operation(name, meaning.path, [_node(name, symbol, meaning, *call) for call in calls])


def old_operation(name: str, path: str, nodes: list[_Entry]) -> _Entry:
    """Return the entry of a recorded function of an old dialect.

    Args:
        name: Of the operation.
        path: Of the function, as in `saved_functions`.
        nodes: Its calls: ``{"args": [...], "kwargs": {...}}``.
    """
    return {
        "module": OLD_FUNCTIONS,
        "class_name": OLD_FUNCTION,
        "config": {"name": name, "function": path},
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


def _node(name: str, symbol: str, meaning: Meaning, first: Any, kwargs: dict[str, Any]) -> _Entry:
    """Return a call with the arguments' names of today."""
    parameters = inspect.signature(function_at(meaning.path)[0]).parameters
    given: dict[str, Any] = dict(meaning.fixed)
    for key, value in kwargs.items():
        new = key if key in parameters else meaning.name_of(key)
        if meaning.is_unused(key) or (new != key and value is None and new != "window"):
            continue
        if new in parameters:
            given[new] = dtype_of_number(value) if new in _DTYPES and type(value) is int else value
        elif value is not None:
            raise FileContentError(
                f"The file calls `tf.{symbol}` in layer '{name}' with the argument `{key}`, which is not known here."
                f" Known are: {sorted(parameters)}. {INSTEAD}"
            )
    if meaning.first is not None:
        return {"args": [], "kwargs": {meaning.first: first, **given}}
    return {"args": [first], "kwargs": given}
