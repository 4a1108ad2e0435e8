"""Operations of TensorFlow's graphs in models of tf.keras 1.13 to 2.3: `TensorFlowOpLayer`, as functions of today.

One table says for each operation which function of `saved_functions` it is, what its inputs are called there, in
order, and which of its settings are arguments.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from torchkeras_compat.dialects.old_files.functions import INSTEAD, old_operation
from torchkeras_compat.dialects.old_files.histories import is_history
from torchkeras_compat.dialects.old_files.node_defs import Attribute, NodeDef, node_def
from torchkeras_compat.dialects.old_files.operation_table import Row, row_of
from torchkeras_compat.dialects.saved_functions import function_at
from torchkeras_compat.errors import FileContentError

_Entry = dict[str, Any]
_Convert = Callable[[Any], Any]


def graph_operation_entry(entry: _Entry, tensor: _Convert) -> _Entry:
    """Return a `TensorFlowOpLayer` of Keras 2 as an operation of today.

    Args:
        entry: What the file says of the layer and its calls.
        tensor: What makes a symbolic tensor of ``["dense", 0, 0]``.

    Raises:
        FileContentError: the operation is broken, or unknown here.
    """
    name, settings = entry["name"], entry["config"]
    operation = node_def(settings.get("node_def"), name)
    row = row_of(operation.op)
    if row is None:
        raise FileContentError(
            f"Layer '{name}' of the file is the operation `{operation.op}` of TensorFlow's graphs, which is not known"
            f" here. {INSTEAD}"
        )
    dtype = operation.attributes.get("T", Attribute("int32")).value or "int32"
    constants = _constants(settings.get("constants"), name, dtype)
    make = functools.partial(_node, name, row, operation)
    nodes = [make(_inputs(call, constants, name, tensor)) for call in entry["inbound_nodes"]]
    return old_operation(name, row.path, nodes)


def _constants(given: Any, name: str, dtype: str) -> dict[int, Any]:
    """Return constants by the place that they have among the inputs."""
    return dict(sorted((int(place), _constant(value, name, dtype)) for place, value in (given or {}).items()))


def _constant(constant: Any, name: str, dtype: str) -> Any:
    """Return an array as lists; one without elements, which lists have no dtype for, as a tensor."""
    is_array = isinstance(constant, dict) and constant.get("class_name") == "__numpy__"
    value = constant["config"]["value"] if is_array else constant
    if not _is_plain(value):
        raise FileContentError(
            f"A constant of layer '{name}' of the file is neither a number nor lists of numbers. Save the model again."
        )
    if value != []:
        return value
    found = str(constant["config"]["dtype"]) if is_array else dtype
    return {"class_name": "__tensor__", "config": {"value": [], "dtype": found}}


def _is_plain(x: Any) -> bool:
    return all(map(_is_plain, x)) if isinstance(x, list) else isinstance(x, (bool, int, float))


def _inputs(call: Any, constants: dict[int, Any], name: str, tensor: _Convert) -> list[Any]:
    inputs = [tensor(x) for x in ([call] if is_history(call) else call)]
    for place, value in constants.items():
        if not 0 <= place <= len(inputs):
            raise FileContentError(
                f"Layer '{name}' of the file has a constant as input {place}, and {len(inputs)} inputs before it. Save"
                " the model again."
            )
        inputs.insert(place, value)
    return inputs


def _node(name: str, row: Row, operation: NodeDef, inputs: list[Any]) -> _Entry:
    """Return a call: inputs and settings as arguments."""
    if row.gathers is not None:  # `ConcatV2`: as many tensors as there are, before or behind the other inputs
        at, others = row.inputs.index(row.gathers), len(row.inputs) - 1
        end = len(inputs) - (others - at)
        inputs = [*inputs[:at], inputs[at:end], *inputs[end:]]
    if len(inputs) > len(row.inputs) or not inputs:
        raise FileContentError(
            f"Layer '{name}' of the file is the operation `{operation.op}` with {len(inputs)} inputs, and it takes"
            f" {len(row.inputs)}. Save the model again."
        )
    kwargs = {**row.fixed, **_settings(name, row, operation), **dict(zip(row.inputs, inputs, strict=False))}
    if row.change is not None:
        row.change(kwargs)
    if row.path == "tf.einsum":
        return {"args": [kwargs["equation"], *kwargs["inputs"]], "kwargs": {}}
    first = next(iter(inspect.signature(function_at(row.path)[0]).parameters))
    args = [kwargs.pop(first)] if first in kwargs else []
    return {"args": args, "kwargs": kwargs}


def _settings(name: str, row: Row, operation: NodeDef) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for attribute, argument in row.attributes.items():
        value = operation.attributes.get(attribute)
        if value is None:
            continue
        if not value.is_known:
            raise FileContentError(
                f"The setting `{attribute}` of the operation `{operation.op}` of layer '{name}' in the file is not a"
                f" number, a string, a dtype or a list of these. {INSTEAD}"
            )
        found[argument] = value.value
    return found
