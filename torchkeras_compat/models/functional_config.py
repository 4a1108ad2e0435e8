"""The configuration of a functional model, in Keras's format."""

from __future__ import annotations

import collections
import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from torchkeras_compat.custom_objects import custom_object_scope
from torchkeras_compat.deserialization import deserialize_as
from torchkeras_compat.errors import FileContentError, FileSafetyError
from torchkeras_compat.kinds import OLD_FUNCTIONS, VALUES
from torchkeras_compat.models.operation_config import OpFromConfig, old_function, operation_config
from torchkeras_compat.models.operation_signatures import is_operation
from torchkeras_compat.saving.file_limits import current_limits, too_much
from torchkeras_compat.saving.old_files import OLD_FUNCTION, graph_to_keras3
from torchkeras_compat.serialization import serialize_keras_object
from torchkeras_compat.symbolic.keras_tensor import KerasTensor, any_symbolic
from torchkeras_compat.symbolic.node import Node, symbolic_leaves
from torchkeras_compat.symbolic.operation import FunctionCall, Operation
from torchkeras_compat.symbolic.order import explicit_nodes
from torchkeras_compat.symbolic.recording import recorded_calls

if TYPE_CHECKING:
    from torchkeras_compat.models.functional import Functional


# The outputs of each call, by the name of the layer and the number of the call.
_Tensors = dict[tuple[str, int], list[KerasTensor]]
# What marks, in the entry of a call, arguments that were given although they say what the layer does by default.
_GIVEN = "given"


def functional_config(model: Functional) -> dict[str, Any]:
    """Return the configuration: every operation with the calls that belong to the model, inputs and outputs."""
    graph = model._layer_graph
    terms = _nodes_of_terms(model)
    operations = list({id(o): o for o in [*model.operations, *(node.operation for node in terms)]}.values())
    calls: dict[int, list[Node]] = {id(o): [] for o in operations}
    for node in [*map(_node, graph.input_tensors), *graph.explicit_nodes, *terms]:
        if id(node.operation) in calls:  # not what reads masks of nested models
            calls[id(node.operation)].append(node)
    for nodes in calls.values():
        if len(nodes) > 1:  # as Keras numbers them
            made = {id(node): i for i, node in enumerate(recorded_calls(nodes[0].operation))}
            nodes.sort(key=lambda node, made=made: made.get(id(node), len(made)))  # type: ignore[misc]

    def history(t: KerasTensor) -> list[Any]:
        nodes = calls[id(_node(t).operation)]
        return [_node(t).operation.name, next(i for i, n in enumerate(nodes) if n is t.node), t.index]

    def end(t: KerasTensor) -> list[Any]:
        name, call, index = history(t)
        return [name, call + _node(t).operation._first_call_number, index]

    def argument(x: Any) -> Any:
        if isinstance(x, KerasTensor):
            return {
                "class_name": "__keras_tensor__",
                "config": {"shape": list(x.shape), "dtype": x.dtype, "keras_history": history(x)},
            }
        if isinstance(x, (list, tuple)):  # both are lists in Keras's files, which marks of tuples break
            return [argument(v) for v in x]
        if isinstance(x, dict):
            return {k: argument(v) for k, v in x.items()}
        return serialize_keras_object(x)

    def layer(operation: Any) -> dict[str, Any]:
        recorded = [(node.args, _without_found_masks(node)) for node in calls[id(operation)] if node.inputs]
        if isinstance(operation, FunctionCall):
            entry, recorded = operation_config(operation, recorded)
        else:
            entry = serialize_keras_object(operation)
        entry["name"] = operation.name
        nodes: list[dict[str, Any]] = [
            {"args": [argument(a) for a in args], "kwargs": {k: argument(v) for k, v in kwargs.items()}}
            for args, kwargs in recorded
        ]
        entry["inbound_nodes"] = nodes
        for node in nodes:
            if _is_default_training(operation, node["kwargs"]):
                node[_GIVEN] = ["training"]
        return entry

    outputs = _map(graph.outputs, end)
    entries = _used(operations, [layer(operation) for operation in operations], outputs)
    return {
        "name": model.name,
        "trainable": model.trainable,
        "layers": entries,
        "input_layers": _map(graph.inputs, end),
        "output_layers": outputs,
    }


def _is_default_training(operation: Any, kwargs: Any) -> bool:
    """Whether a call says what the layer does by default: that it trains.

    Keras writes that into each call of such a layer (`RandomFlip`), given or not, and does not mean it.
    """
    return kwargs.get("training") is True and getattr(operation, "_trains_by_default", False)


def _nodes_of_terms(model: Functional) -> list[Node]:
    """Return the calls that lead to losses and metrics added to the model as recorded tensors, and to no output."""
    graph = model._layer_graph
    ends = [t for t in graph.beside if getattr(_node(t).operation, "_is_recorded_term", False)]
    if not ends:
        return []
    known = {id(node) for node in graph.explicit_nodes}
    return [node for node in explicit_nodes(graph.input_tensors, ends) if id(node) not in known]


def _used(operations: list[Any], entries: list[dict[str, Any]], outputs: Any) -> list[dict[str, Any]]:
    """Return the entries of a config without functions that no other entry uses any more.

    ``tf.shape(x)[0]``, which only gave ``tf.reshape`` the size of the batch, is not needed by ``ops.reshape``.
    """
    if not any(isinstance(operation, FunctionCall) for operation in operations):
        return entries
    by_name = {entry["name"]: entry for entry in entries}
    left = [name for name, *_ in _ends(outputs)]
    left += [o.name for o in operations if not isinstance(o, FunctionCall)]
    used: set[str] = set()
    while left:
        name = left.pop()
        if name not in used:
            used.add(name)
            left += [n for n, *_ in _histories(by_name[name].get("inbound_nodes") or [])]
    return [entry for entry in entries if entry["name"] in used]


def _without_found_masks(node: Node) -> dict[str, Any]:
    """Return the keyword arguments of a call but for masks that its inputs carry by themselves, of nested models.

    Keras does not know them while a graph is recorded, and both find them when the model runs.
    """
    found: dict[str, Any] = {}
    for key, value in node.kwargs.items():
        if isinstance(value, KerasTensor) and value.is_found_late:
            given = node.operation._call_spec.arguments(tuple(node.args), node.kwargs)
            first = node.operation._call_spec.first
            carrier = given.get(first if key == "mask" else key.removesuffix("_mask"))
            if getattr(carrier, "_keras_mask", None) is value:
                continue
            raise ValueError(
                f"'{node.operation.name}' is called with `{key}`, the mask that a nested model gives another tensor."
                " No config can name it. Compute the mask with a layer or a function of `ops`, and pass that."
            )
        found[key] = value
    return found


def _node(t: KerasTensor) -> Any:
    return t.node


class TupleInConfig(list[Any]):
    """A tuple of inputs or outputs in a config: a list in files, as in those of Keras, a tuple for ``from_config``."""


def _map(structure: Any, function: Callable[[KerasTensor], Any]) -> Any:
    if isinstance(structure, KerasTensor):
        return function(structure)
    if isinstance(structure, dict):
        return {k: _map(v, function) for k, v in structure.items()}
    parts = [_map(v, function) for v in structure]
    return TupleInConfig(parts) if isinstance(structure, tuple) else parts


def functional_from_config(cls: type, config: dict[str, Any], custom_objects: Any = None) -> Any:
    """Return the model that :func:`functional_config` described.

    Raises:
        ValueError: the config names a layer or call that it does not hold.
    """
    if custom_objects:
        with custom_object_scope(custom_objects):
            return functional_from_config(cls, config)
    if any(isinstance(call, list) for entry in config["layers"] for call in entry.get("inbound_nodes") or []):
        config = graph_to_keras3(config)
    operations: dict[str, Any] = {}
    tensors: _Tensors = {}
    calls: list[tuple[str, int, Any]] = []
    for entry in config["layers"]:
        operation = _operation_from_config(entry)
        operations[entry["name"]] = operation
        nodes = entry.get("inbound_nodes") or []
        if not nodes:
            tensors[entry["name"], 0] = symbolic_leaves(operation.output)
        calls.extend((entry["name"], i, node) for i, node in enumerate(nodes))
    _record_calls(calls, operations, tensors, config.get("name"))
    first = _first_numbers(config, operations)

    def tensor(history: Any) -> KerasTensor:
        name, i, j = history
        if (name, i - first.get(name, 0)) not in tensors:
            raise FileContentError(
                f"The config of model '{config.get('name')}' is broken: call {i} of '{name}' is an input or output of"
                f" the model, but it holds {sum(n == name for n, _ in tensors)} calls of that layer, numbered from"
                f" {first.get(name, 0)}. Save the model again."
            )
        found: KerasTensor = tensors[name, i - first.get(name, 0)][j]
        return found

    own = ("layers", "input_layers", "output_layers")
    model = cls(
        inputs=_from_histories(config["input_layers"], tensor),
        outputs=_from_histories(config["output_layers"], tensor),
        **{k: v for k, v in config.items() if k not in own},
    )
    terms = {name for name, operation in operations.items() if getattr(operation, "_is_recorded_term", False)}
    if terms:
        model._compute_beside([t for (name, _), several in tensors.items() if name in terms for t in several])
    return model


def _record_calls(calls: list[tuple[str, int, Any]], operations: dict[str, Any], tensors: _Tensors, model: Any) -> None:
    """Record calls, each as soon as its inputs and the earlier calls of its layer are there, whatever their order."""
    waiting: dict[tuple[str, int], list[tuple[str, int, Any]]] = {}
    left, outputs, allowed = collections.deque(calls), 0, current_limits().calls
    while left:
        name, i, node = left.popleft()
        needed = [*([(name, i - 1)] if i else []), *((n, j) for n, j, _ in _histories(node))]
        missing = next((key for key in needed if key not in tensors), None)
        if missing is not None:
            waiting.setdefault(missing, []).append((name, i, node))
            continue
        args, kwargs = _arguments(node, tensors)
        if _is_default_training(operations[name], kwargs) and _GIVEN not in node:
            del kwargs["training"]
        if not any_symbolic(args, kwargs):
            raise FileSafetyError(
                f"The config calls '{name}' on values alone. A config only describes calls on symbolic tensors;"
                " nothing is computed while it is read."
            )
        tensors[name, i] = symbolic_leaves(operations[name].symbolic_call(*args, **kwargs))
        outputs += len(tensors[name, i])
        if outputs > allowed:
            raise too_much(
                f"The calls of model '{model}' have too many outputs, those of '{name}' among them", "calls", allowed
            )
        left.extendleft(reversed(waiting.pop((name, i), [])))
    if waiting:
        stuck = [call for several in waiting.values() for call in several]
        missing_names = [n for *_, node in stuck for n, _, _ in _histories(node) if n not in operations]
        raise ValueError(
            f"The config of model '{model}' is broken: no input leads to {[n for n, _, _ in stuck]}. "
            + (f"Missing node: {missing_names[0]}." if missing_names else "Their calls form a loop.")
        )


def takes_graph(cls: type) -> bool:
    """Return whether the constructor of a class takes ``inputs`` and ``outputs``, by name or among any arguments."""
    parameters = inspect.signature(cls.__init__).parameters  # type: ignore[misc]
    kinds = {p.kind for p in parameters.values()}
    return {"inputs", "outputs"} <= parameters.keys() or kinds >= {
        inspect.Parameter.VAR_POSITIONAL,
        inspect.Parameter.VAR_KEYWORD,
    }


def _first_numbers(config: dict[str, Any], operations: dict[str, Operation]) -> dict[str, int]:
    """Return the number that ``output_layers`` gives to the first call of each layer, where it is not 0.

    Keras counts the calls of a functional model from 1 there; files of earlier versions of this package do from 0. A
    config holds the calls that lead to an output and no others, which tells them apart.
    """
    ends = [h for part in ("input_layers", "output_layers") for h in _ends(config[part])]
    first = {name: number for name, operation in operations.items() if (number := operation._first_call_number)}
    used: dict[str, set[int]] = {name: set() for name in first}
    numbers = {entry["name"]: set(range(len(entry.get("inbound_nodes") or []))) for entry in config["layers"]}
    for name, i, _ in _histories([entry.get("inbound_nodes") or [] for entry in config["layers"]]):
        used.get(name, set()).add(i)

    def is_whole(first: dict[str, int]) -> bool:
        found = {name: used[name] | {i - first.get(name, 0) for n, i, _ in ends if n == name} for name in used}
        return all(found[name] == numbers[name] for name in used)

    return {} if is_whole({}) and not is_whole(first) else first


def _ends(structure: Any) -> list[Any]:
    found: list[Any] = []
    _from_histories(structure, found.append)
    return found


def _from_histories(structure: Any, tensor: Callable[[Any], Any]) -> Any:
    if isinstance(structure, dict):
        if structure.get("class_name") == "__tuple__":  # written by earlier versions of this package
            return tuple(_from_histories(v, tensor) for v in structure["items"])
        return {k: _from_histories(v, tensor) for k, v in structure.items()}
    if not isinstance(structure, (list, tuple)):
        raise FileContentError(
            f"The inputs and outputs of a model are given as [layer, call, output] in lists and dicts. Received:"
            f" {structure!r}. Save the model again."
        )
    if len(structure) == 3 and isinstance(structure[0], str) and isinstance(structure[1], int):
        return tensor(structure)
    parts = [_from_histories(v, tensor) for v in structure]
    return tuple(parts) if isinstance(structure, (tuple, TupleInConfig)) else parts


def _histories(structure: Any) -> list[Any]:
    if isinstance(structure, dict):
        if structure.get("class_name") == "__keras_tensor__":
            return [structure["config"]["keras_history"]]
        return [h for v in structure.values() for h in _histories(v)]
    if isinstance(structure, (list, tuple)):
        return [h for v in structure for h in _histories(v)]
    return []


def _arguments(node: dict[str, Any], tensors: _Tensors) -> tuple[list[Any], dict[str, Any]]:
    def value(x: Any) -> Any:
        if isinstance(x, dict):
            if x.get("class_name") == "__keras_tensor__":
                name, i, j = x["config"]["keras_history"]
                return tensors[name, i][j]
            if x.get("class_name") == "__tuple__":
                return tuple(value(v) for v in x["items"])
            if "class_name" in x:
                return deserialize_as(VALUES, x)
            return {k: value(v) for k, v in x.items()}
        if isinstance(x, list):
            return [value(v) for v in x]
        return x

    kwargs = {k: v for k, v in node["kwargs"].items() if not (k == "mask" and v is None)}
    return [value(a) for a in node["args"]], {k: value(v) for k, v in kwargs.items()}


def _operation_from_config(entry: dict[str, Any]) -> Any:
    module = entry.get("module") or ""
    if is_operation(module, entry.get("class_name")):
        # The configs of many operations of Keras 3.0 to 3.9 have no name.
        return OpFromConfig(entry["class_name"], {"name": entry.get("name"), **(entry.get("config") or {})})
    if (module, entry.get("class_name")) == (OLD_FUNCTIONS, OLD_FUNCTION):
        return old_function(entry.get("config"))
    return deserialize_as("layers", {k: v for k, v in entry.items() if k not in ("inbound_nodes", "name")})
