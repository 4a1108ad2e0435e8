"""Functions of TensorFlow in models of Keras 2, made into operations: `TFOpLambda` and `SlicingOpLambda`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torchkeras_compat.dialects.old_files.histories import is_history

# Functions of TensorFlow that Keras 2 stores for arithmetic on symbolic tensors, and the operations that they are.
_OPERATIONS = {
    "__operators__.add": "Add",
    "__operators__.sub": "Subtract",
    "__operators__.mul": "Multiply",
    "__operators__.truediv": "TrueDivide",
    "__operators__.pow": "Power",
    "__operators__.neg": "Negative",
    "__operators__.matmul": "Matmul",
    "math.add": "Add",
    "math.subtract": "Subtract",
    "math.multiply": "Multiply",
    "math.divide": "TrueDivide",
    "math.truediv": "TrueDivide",
    "math.pow": "Power",
    "math.negative": "Negative",
    "math.abs": "Absolute",
    "math.exp": "Exp",
    "math.log": "Log",
    "math.sqrt": "Sqrt",
    "math.square": "Square",
    "math.tanh": "Tanh",
    "math.sigmoid": "Sigmoid",
    "math.maximum": "Maximum",
    "math.minimum": "Minimum",
    "linalg.matmul": "Matmul",
    "nn.relu": "Relu",
    "nn.softmax": "Softmax",
}


def operation_entry(entry: dict[str, Any], tensor: Callable[[Any], Any], value: Callable[[Any], Any]) -> dict[str, Any]:
    function = entry["config"]["function"]
    name = "GetItem" if function == "__operators__.getitem" else _OPERATIONS.get(function)
    if name is None:
        raise ValueError(
            f"The file calls the function tf.{function} of TensorFlow, which is not known here. Known are:"
            f" {sorted(_OPERATIONS)}. Build the model again, and use `load_weights`."
        )
    nodes = []
    for call in entry["inbound_nodes"]:
        first, kwargs = (call if is_history(call) else call[0]), {}
        if len(first) > 3:
            kwargs = {k: v for k, v in first[3].items() if k != "name" and v is not None}
        args = [tensor(first)]
        if name == "GetItem":
            args.append([_index(x) for x in kwargs.pop("slice_spec")])
        args.extend(value(v) for v in (kwargs.pop(k) for k in ("y", "x", "b") if k in kwargs))
        nodes.append({"args": args, "kwargs": {k: value(v) for k, v in kwargs.items()}})
    return {
        "module": "keras.src.ops",
        "class_name": name,
        "config": {"name": entry["name"].replace(".", "_")},
        "name": entry["name"],
        "inbound_nodes": nodes,
    }


def _index(x: Any) -> Any:
    if isinstance(x, dict) and x.keys() == {"start", "stop", "step"}:
        return {"class_name": "__slice__", "config": x}
    return {"class_name": "__ellipsis__", "config": {}} if x == "..." else x
