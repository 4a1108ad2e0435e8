"""A recorded graph as a `torch.fx.GraphModule`: one generated `forward` instead of an interpreter."""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import fx, nn
from torch.utils import _pytree as pytree

from torchkeras_compat.naming import free_name
from torchkeras_compat.symbolic.keras_tensor import KerasTensor, tensor_method
from torchkeras_compat.symbolic.node import Node, symbolic_leaves
from torchkeras_compat.symbolic.operation import FunctionCall, Operation

# What fx can write into generated code as it is.
_LITERALS = (
    str,
    int,
    float,
    complex,
    bool,
    type(None),
    type(Ellipsis),
    slice,
    range,
    torch.dtype,
    torch.device,
    torch.memory_format,
)


def nodes_between(inputs: Sequence[KerasTensor], outputs: Sequence[KerasTensor]) -> list[Node]:
    """Return the recorded calls from ``inputs`` to ``outputs``, each after those it needs.

    Raises:
        ValueError: an output does not follow from the inputs.
    """
    known = {id(t) for t in inputs}
    order: list[Node] = []
    done: set[int] = set()
    # A stack instead of recursion: graphs may be deeper than Python's recursion limit.
    stack: list[tuple[Any, bool]] = [(t, False) for t in reversed(outputs)]
    while stack:
        item, expanded = stack.pop()
        if isinstance(item, Node):
            if expanded:
                if id(item) not in done:
                    done.add(id(item))
                    order.append(item)
                continue
            if id(item) in done:
                continue
            stack.append((item, True))
            stack.extend((t, False) for t in reversed(item.inputs))
        elif id(item) not in known:
            if item.node is None or not item.node.inputs:
                raise ValueError(
                    f"The outputs do not follow from the inputs: {item!r} is needed, but it is neither among the inputs"
                    f" {[t.name for t in inputs]} nor computed from them. Add it to the inputs of the model."
                )
            stack.append((item.node, False))
    return order


def generate(
    inputs: Sequence[KerasTensor],
    outputs: Any,
    nodes: Sequence[Node],
    masks: Sequence[Any],
    with_masks: bool,
    names: Mapping[int, str],
) -> fx.GraphModule:
    """Return the GraphModule that computes ``outputs`` from ``inputs``.

    Args:
        inputs: Symbolic inputs, in the order of the arguments of the generated ``forward``.
        outputs: Symbolic outputs in any nesting.
        nodes: The recorded calls in order.
        masks: Symbolic mask of each output leaf, or None.
        with_masks: Whether masks worked out while recording are passed; without, layers find them on their inputs.
        names: Name of each layer, by its ``id``.
    """
    graph = fx.Graph()
    attributes: dict[str, Any] = {}
    keys: dict[int, str] = {}
    values: dict[int, fx.Node] = {}
    for i, tensor in enumerate(inputs):
        values[id(tensor)] = graph.placeholder(f"input_{i}")

    def key_of(obj: Any, stem: str) -> str:
        if id(obj) not in keys:
            key = free_name(names.get(id(obj), stem), attributes)
            attributes[key] = obj
            keys[id(obj)] = key
        return keys[id(obj)]

    def value_of(x: Any) -> Any:
        if isinstance(x, KerasTensor):
            return values[id(x)]
        # What generated code cannot write down becomes an attribute: tensors, functions, objects.
        return x if isinstance(x, _LITERALS) else graph.get_attr(key_of(x, "constant"))

    for node in nodes:
        implied = node.implied if with_masks else {}
        args, kwargs = pytree.tree_map(value_of, (node.args, {**node.kwargs, **implied}))
        operation = node.operation
        if isinstance(operation, FunctionCall) and operation.function is tensor_method:
            result = graph.call_method(args[1], (args[0], *args[2:]), kwargs)
        elif isinstance(operation, FunctionCall):
            result = graph.call_function(operation.function, tuple(args), kwargs)
        elif isinstance(operation, nn.Module):
            result = graph.call_module(key_of(operation, "layer"), tuple(args), kwargs)
        else:
            result = graph.call_function(_OperationCall(operation), tuple(args), kwargs)
        unwraps = operation._unwraps_single_output
        _spread(graph, bare(node.outputs) if unwraps else node.outputs, result, values)
    final = pytree.tree_map(value_of, outputs)
    if with_masks:
        for tensor, mask in zip(symbolic_leaves(outputs), masks, strict=True):
            if mask is not None:
                graph.call_function(_set_mask, (values[id(tensor)], values[id(mask)]))
    graph.output(final)
    root = nn.Module()
    for key, obj in attributes.items():
        if isinstance(obj, nn.Module):
            root._modules[key] = obj
        elif isinstance(obj, nn.Parameter):
            root._parameters[key] = obj
        elif isinstance(obj, torch.Tensor):
            root._buffers[key] = obj
        else:
            setattr(root, key, obj)
    return _graph_module(root, graph)


def bare(outputs: Any) -> Any:
    """Return the one item of a list or tuple of one, anything else as it is."""
    return outputs[0] if type(outputs) in (list, tuple) and len(outputs) == 1 else outputs


def _graph_module(root: nn.Module, graph: fx.Graph) -> fx.GraphModule:
    # fx would deep-copy nothing here: the GraphModule shares layers and tensors with the model.
    module = fx.GraphModule(root, graph)
    module.training = False
    return module


def _spread(graph: fx.Graph, outputs: Any, result: fx.Node, values: dict[int, fx.Node]) -> None:
    """Give every symbolic output of a call its place in the nested result."""
    if isinstance(outputs, KerasTensor):
        values[id(outputs)] = result
    elif isinstance(outputs, (list, tuple)):
        for i, part in enumerate(outputs):
            if symbolic_leaves(part):
                _spread(graph, part, graph.call_function(operator.getitem, (result, i)), values)
    elif isinstance(outputs, dict):
        for key, part in outputs.items():
            if symbolic_leaves(part):
                _spread(graph, part, graph.call_function(operator.getitem, (result, key)), values)


def _set_mask(x: torch.Tensor, mask: torch.Tensor) -> None:
    if not torch.compiler.is_compiling():
        x._keras_mask = mask  # type: ignore[attr-defined]


fx.node._side_effectful_functions.add(_set_mask)


class _OperationCall:
    """An operation that is not a module, as a function that fx can name."""

    def __init__(self, operation: Operation) -> None:
        self.operation = operation
        self.__name__ = "".join(c if c.isalnum() else "_" for c in operation.name)
        self.__qualname__ = self.__name__
        self.__module__ = __name__

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.operation.call(*args, **kwargs)
