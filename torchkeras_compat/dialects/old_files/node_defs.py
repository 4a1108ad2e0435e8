"""Operations of TensorFlow's graphs as files of tf.keras 1.13 to 2.3 hold them: the NodeDef of a `TensorFlowOpLayer`.

It is a message of protobuf's, as JSON (tf.keras 2.1 and later) or as a string of its bytes (2.0). Whatever it says is
hostile until checked: names are looked up in a table of operations, and values are numbers, strings and lists of them.

Source: TensorFlow, core/framework/node_def.proto, attr_value.proto and types.proto.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any

from torchkeras_compat.errors import FileContentError
from torchkeras_compat.saving.tensorflow_bundle import wire

_DTYPES = {
    1: ("DT_FLOAT", "float32"),
    2: ("DT_DOUBLE", "float64"),
    3: ("DT_INT32", "int32"),
    4: ("DT_UINT8", "uint8"),
    5: ("DT_INT16", "int16"),
    6: ("DT_INT8", "int8"),
    8: ("DT_COMPLEX64", "complex64"),
    9: ("DT_INT64", "int64"),
    10: ("DT_BOOL", "bool"),
    14: ("DT_BFLOAT16", "bfloat16"),
    17: ("DT_UINT16", "uint16"),
    18: ("DT_COMPLEX128", "complex128"),
    19: ("DT_HALF", "float16"),
    22: ("DT_UINT32", "uint32"),
    23: ("DT_UINT64", "uint64"),
}
_BY_NAME = dict(_DTYPES.values())
# Fields of an AttrValue, and of the lists in one.
_LIST, _STRING, _INT, _FLOAT, _BOOL, _TYPE = range(1, 7)


@dataclass(frozen=True)
class Attribute:
    """A setting of an operation: a value, and whether it is one that is read here."""

    value: Any
    is_known: bool = True


@dataclass(frozen=True)
class NodeDef:
    """An operation of a graph.

    Args:
        op: Name of the operation: ``"AddV2"``.
        attributes: Its settings.
    """

    op: str
    attributes: dict[str, Attribute] = field(default_factory=dict)


def node_def(content: Any, layer: str) -> NodeDef:
    """Return the operation that a file holds.

    Args:
        content: What the config of the layer holds.
        layer: Name of the layer, for messages.

    Raises:
        FileContentError: it is broken.

    Example:
        >>> node_def({"op": "Mean", "attr": {"keep_dims": {"b": True}}}, "layer").attributes["keep_dims"].value
        True
    """
    try:
        return _of_json(content) if isinstance(content, dict) else _of_bytes(content.encode())
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise FileContentError(
            f"The operation of layer '{layer}' in the file is broken: its `node_def` is not a NodeDef of TensorFlow, as"
            f" JSON or bytes ({type(error).__name__}: {str(error)[:200]}). Save the model again."
        ) from error


def dtype_of_number(number: int) -> str:
    """Return the dtype that TensorFlow has under a number.

    Raises:
        FileContentError: there is none, or no tensors of it here.

    Example:
        >>> dtype_of_number(1)
        'float32'
    """
    if number not in _DTYPES:
        raise FileContentError(f"{number} is not a dtype of tensors. Known are: {_DTYPES}. Save the model again.")
    return _DTYPES[number][1]


def _of_json(content: dict[str, Any]) -> NodeDef:
    attributes = {str(name): _attribute_of_json(value) for name, value in content.get("attr", {}).items()}
    return NodeDef(_text(content["op"]), attributes)


def _attribute_of_json(content: dict[str, Any]) -> Attribute:
    if len(content) != 1:
        return Attribute(None, is_known=False)
    (kind, value), *_ = content.items()
    if kind == "list":
        if len(value) > 1:
            return Attribute(None, is_known=False)
        for of_items, items in value.items():
            found = [_value_of_json(of_items, item) for item in items]
            return Attribute([x.value for x in found], all(x.is_known for x in found))
        return Attribute([])
    return _value_of_json(kind, value)


def _value_of_json(kind: str, value: Any) -> Attribute:
    if kind == "i" and isinstance(value, (int, str)):
        return Attribute(int(value))
    if kind == "f":
        return Attribute(float(value))
    if kind == "b" and isinstance(value, bool):
        return Attribute(value)
    if kind == "s":
        return Attribute(base64.b64decode(value, validate=True).decode())
    if kind == "type":
        return Attribute(_BY_NAME.get(value), value in _BY_NAME)
    return Attribute(None, is_known=False)


def _of_bytes(content: bytes) -> NodeDef:
    op, attributes = "", {}
    for number, kind, value in wire.fields(content):
        if number == 2:
            op = _bytes(value).decode()
        elif number == 5 and kind == wire.BYTES:
            entry = {key: part for key, _, part in wire.fields(_bytes(value))}
            attributes[_bytes(entry[1]).decode()] = _attribute_of_bytes(_bytes(entry.get(2, memoryview(b""))))
    return NodeDef(_text(op), attributes)


def _attribute_of_bytes(content: bytes) -> Attribute:
    for number, kind, value in wire.fields(content):
        if number == _LIST:
            return _list_of_bytes(_bytes(value))
        found = _values_of_bytes(number, kind, value)
        return Attribute(None, is_known=False) if found is None or len(found) != 1 else Attribute(found[0])
    return Attribute(None, is_known=False)


def _list_of_bytes(content: bytes) -> Attribute:
    items: list[Any] = []
    for number, kind, value in wire.fields(content):
        found = _values_of_bytes(number, kind, value)
        if found is None:
            return Attribute(None, is_known=False)
        items.extend(found)
    return Attribute(items)


def _values_of_bytes(number: int, kind: int, value: int | memoryview) -> list[Any] | None:
    """Return the values of one field: one, or several in a packed list; None of a kind that is not read here."""
    if number == _STRING:
        return [_bytes(value).decode()]
    if number == _INT:
        return list(wire.whole_numbers(kind, value))
    if number == _FLOAT:
        return list(wire.real_numbers(kind, value))
    if number == _BOOL:
        return [bool(x) for x in wire.whole_numbers(kind, value)]
    if number == _TYPE:
        names = [_DTYPES.get(x, ("", None))[1] for x in wire.whole_numbers(kind, value)]
        return None if None in names else names
    return None


def _bytes(value: int | memoryview) -> bytes:
    if isinstance(value, int):
        raise ValueError(f"a number ({value}) stands where bytes should")
    return bytes(value)


def _text(op: Any) -> str:
    if not isinstance(op, str) or not op:
        raise ValueError(f"it names no operation: {op!r}")
    return op
