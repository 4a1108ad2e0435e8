"""The graph of objects that a checkpoint of TensorFlow 2 was made of: which has which under which name.

Source: TensorFlow, core/protobuf/trackable_object_graph.proto.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from torchkeras_compat.errors import FileContentError
from torchkeras_compat.saving.file_limits import current_limits, too_much
from torchkeras_compat.saving.tensorflow_bundle.wire import BYTES, VARINT, fields, messages

KEY = "_CHECKPOINTABLE_OBJECT_GRAPH"
_VALUE = "VARIABLE_VALUE"
_EDGES = 5  # times as many as objects: each object is below some others, and there are its values


@dataclass
class Node:
    """One object.

    Args:
        number: Its number in the graph.
        children: Numbers of the objects below it, by local name.
        key: Name of its values in the checkpoint, if it is a variable.
        name: Name of the variable in TensorFlow.
        slots: Numbers of variables by the number of that which they belong to and the name of the slot.
    """

    number: int
    children: dict[str, int] = field(default_factory=dict)
    key: str | None = None
    name: str = ""
    slots: dict[tuple[int, str], int] = field(default_factory=dict)


def read_graph(data: bytes) -> list[Node]:
    """Return the objects, the root first.

    Args:
        data: A message `TrackableObjectGraph`.

    Raises:
        FileContentError: it is broken, or an object has one below it that is not there.
        FileLimitError: it has more objects than the limits allow.
    """
    nodes: list[Node] = []
    limit = current_limits().objects
    left = _EDGES * limit
    for content in messages(data, 1):
        node = Node(len(nodes))
        nodes.append(node)
        for which, value in _parts(content):
            _add(node, which, value)
            left -= 1
            if left < 0:
                break
        if left < 0 or len(nodes) > limit:
            raise too_much("The graph of objects of a checkpoint is too large", "objects", limit)
    for node in nodes:
        for number in (*node.children.values(), *node.slots.values()):
            if not 0 <= number < len(nodes):
                raise FileContentError(f"The graph of objects of a checkpoint has no object {number}.")
    if not nodes:
        raise FileContentError("The graph of objects of a checkpoint is empty.")
    return nodes


def _add(node: Node, which: int, content: memoryview) -> None:
    """Add what a field of a message says of an object."""
    numbers, texts = _values(content)
    if which == 1:
        node.children[texts.get(2, "")] = numbers.get(1, 0)
    elif which == 2 and texts.get(1) == _VALUE:
        node.key, node.name = texts.get(3), texts.get(2, "")
    elif which == 3:
        node.slots[numbers.get(1, 0), texts.get(2, "")] = numbers.get(3, 0)


def _parts(message: bytes | memoryview) -> Iterator[tuple[int, memoryview]]:
    for which, kind, value in fields(message):
        if kind == BYTES and isinstance(value, memoryview):
            yield which, value


def _values(message: Any) -> tuple[dict[int, int], dict[int, str]]:
    """The numbers and the texts of a message, by number of field."""
    numbers: dict[int, int] = {}
    texts: dict[int, str] = {}
    for which, kind, value in fields(message):
        if kind == VARINT and isinstance(value, int):
            numbers[which] = value
        elif kind == BYTES and isinstance(value, memoryview):
            try:
                texts[which] = bytes(value).decode()
            except UnicodeDecodeError as error:
                raise FileContentError("A name in the graph of objects of a checkpoint is not UTF-8.") from error
    return numbers, texts
