"""The order in which a model lists its operations, and with it its weights: Keras's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.node import Node


def explicit_nodes(inputs: Sequence[KerasTensor], outputs: Sequence[KerasTensor]) -> list[Node]:
    """Return the calls that lead to the outputs through arguments that the user gave, masks left out.

    Each comes after those it needs.
    """
    known = {id(t) for t in inputs}
    order: list[Node] = []
    for node, is_done in _walk(outputs, known, lambda node: node.explicit_inputs):
        if is_done:
            order.append(node)
    return order


def operations_by_depth(inputs: Sequence[KerasTensor], outputs: Sequence[KerasTensor]) -> list[Any]:
    """Return the operations from ``inputs`` to ``outputs``, those furthest from the outputs first.

    The depth of an operation is the longest way from one of its calls to an output. Operations of one depth come in
    the order in which a walk from the outputs, arguments in order, meets them; unused inputs come last. What computes
    masks counts for the depth, as in Keras, and is not listed.
    """
    listed = {id(node) for node in explicit_nodes(inputs, outputs)} | {id(t.node) for t in inputs}
    met: dict[int, int] = {}
    calls: list[Node] = []
    for node, is_done in _walk(outputs, set(), _known_inputs):
        if is_done:
            calls.append(node)
        else:
            met.setdefault(id(node.operation), len(met))
    operations: dict[int, Any] = {}
    node_depth: dict[int, int] = {}
    depth: dict[int, int] = {}
    for node in reversed(calls):
        key = id(node.operation)
        if id(node) in listed:
            operations[key] = node.operation
        depth[key] = node_depth[id(node)] = max(node_depth.get(id(node), 0), depth.get(key, 0))
        for t in _known_inputs(node):
            node_depth[id(t.node)] = max(node_depth.get(id(t.node), 0), depth[key] + 1)
    for t in inputs:
        if t.node is not None and id(t.node.operation) not in depth:
            key = id(t.node.operation)
            operations[key], depth[key], met[key] = t.node.operation, 0, -1
    return sorted(operations.values(), key=lambda operation: (-depth[id(operation)], met[id(operation)]))


def _known_inputs(node: Node) -> list[KerasTensor]:
    """The symbolic arguments of a call and the masks that Keras records with it."""
    return [t for t in node.inputs if not t.is_found_late]


def _walk(outputs: Sequence[KerasTensor], stop_at: set[int], inputs_of: Callable[[Node], list[KerasTensor]]) -> Any:
    """Yield ``(call, False)`` where a walk from the outputs meets a call, ``(call, True)`` after all that it needs."""
    done: set[int] = set()
    # A stack instead of recursion: graphs may be deeper than Python's recursion limit.
    stack: list[tuple[Any, bool]] = [(t, False) for t in reversed(outputs)]
    while stack:
        item, is_done = stack.pop()
        if is_done:
            yield item, True
        elif id(item) not in stop_at and item.node is not None and id(item.node) not in done:
            done.add(id(item.node))
            yield item.node, False
            stack.append((item.node, True))
            stack.extend((t, False) for t in reversed(inputs_of(item.node)))


def in_order_of_running(nodes: Sequence[Node]) -> list[Node]:
    """Return calls, each of which comes after those it needs, by depth: the order in which Keras runs them.

    A mask that Keras finds on a tensor only while it runs does not move its tensor down.
    """
    depths: dict[int, tuple[int, int]] = {}  # steps, and late ones among those of the same depth
    for node in reversed(nodes):
        depth, late = depths.setdefault(id(node), (0, 0))
        is_late = any(t.is_found_late for t in node.output_tensors)
        for t in node.inputs:
            above = (depth, late + 1) if is_late or t.is_found_late else (depth + 1, late)
            depths[id(t.node)] = max(depths.get(id(t.node), (0, 0)), above)
    places = {key: (-depth, -late, i) for i, (key, (depth, late)) in enumerate(depths.items())}
    return sorted(nodes, key=lambda node: places[id(node)])


def node_depths(nodes: Sequence[Node]) -> dict[int, int]:
    """Return the longest way from each call to an output, by the ``id`` of the call, calls of inputs included.

    Args:
        nodes: The calls, each after those it needs.
    """
    depths: dict[int, int] = {}
    for node in reversed(nodes):
        depth = depths.setdefault(id(node), 0)
        for t in node.inputs:
            depths[id(t.node)] = max(depths.get(id(t.node), 0), depth + 1)
    return depths
