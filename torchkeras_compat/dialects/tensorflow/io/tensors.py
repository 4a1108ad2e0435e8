"""Tensors as bytes and back: ``serialize_tensor``, ``parse_tensor``, ``decode_raw``, and the message both are made of.

Source: TensorFlow's `tensor.proto`, `tensor_shape.proto`, `types.proto` (numbers of fields and dtypes).
"""

from __future__ import annotations

import math
import zlib
from typing import Any

import numpy as np
import torch

from torchkeras_compat.dialects.tensorflow.dtypes import as_dtype
from torchkeras_compat.dialects.tensorflow.elements.values import absorbed_leaf, is_strings, presented
from torchkeras_compat.dialects.tensorflow.errors import DataLossError, InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.io import wire

_NUMBERS = {
    "float32": 1, "float64": 2, "int32": 3, "uint8": 4, "int16": 5, "int8": 6, "string": 7, "complex64": 8,
    "int64": 9, "bool": 10, "bfloat16": 14, "uint16": 17, "complex128": 18, "float16": 19, "uint32": 22, "uint64": 23,
}  # fmt: skip
_NAMES = {number: name for name, number in _NUMBERS.items()}
# Field of a message that holds single values, and how they are read, where there is no `tensor_content`.
_VALUES = {
    "float32": 5, "float64": 6, "int32": 7, "uint8": 7, "int16": 7, "int8": 7, "string": 8, "int64": 10, "bool": 11,
    "uint16": 7, "uint32": 16, "uint64": 17,
}  # fmt: skip
_PACKED = {"float32": "<f4", "float64": "<f8"}


def serialize_tensor(tensor: Any, name: str | None = None) -> Any:
    """Return a tensor as a scalar string: its dtype, shape and values, as TensorFlow writes them.

    Example:
        >>> parse_tensor(serialize_tensor([1.0, 2.0]), "float32").numpy().tolist()
        [1.0, 2.0]

    Source: TensorFlow API, io/serialize_tensor.
    """
    return presented(_string(tensor_message(absorbed_leaf(tensor))))


def parse_tensor(serialized: Any, out_type: Any, name: str | None = None) -> Any:
    """Return the tensor that :func:`serialize_tensor`, or TensorFlow, wrote.

    Args:
        serialized: A scalar string.
        out_type: Dtype that it has.
        name: Nothing is named.

    Raises:
        InvalidArgumentError: it has another dtype.
        DataLossError: it cannot be read.
    """
    found = read_tensor(bytes_of(serialized))
    kind = as_dtype(out_type)
    have = as_dtype(found.dtype)
    if have.name != kind.name:
        raise InvalidArgumentError(
            f"Type mismatch between parsed tensor ({have.name}) and dtype ({kind.name}). Pass "
            f"`out_type=tf.{have.name}`."
        )
    return presented(found)


def decode_raw(
    input_bytes: Any,
    out_type: Any,
    little_endian: bool = True,
    fixed_length: int | None = None,
    name: str | None = None,
) -> Any:
    """Return the numbers that bytes are the memory of.

    Args:
        input_bytes: Strings of one length.
        out_type: Dtype of the numbers.
        little_endian: Whether the first byte of a number counts least.
        fixed_length: Bytes to which each string is cut or filled with zeros; None for their own length.
        name: Nothing is named.

    Returns:
        A tensor with one more axis than ``input_bytes``.

    Raises:
        InvalidArgumentError: strings of different lengths, or a length that is not whole numbers.

    Example:
        >>> decode_raw(b"\\x01\\x00\\x02\\x00", "int16").numpy().tolist()
        [1, 2]

    Source: TensorFlow API, io/decode_raw.
    """
    strings = np.asarray(absorbed_leaf(input_bytes), dtype=object)
    kind = np.dtype("bool" if as_dtype(out_type).name == "bool" else as_dtype(out_type).as_numpy_dtype)
    flat = strings.reshape(-1).tolist()
    if fixed_length is not None:
        flat = [text[:fixed_length].ljust(fixed_length, b"\0") for text in flat]
    lengths = {len(text) for text in flat}
    if len(lengths) > 1:
        raise InvalidArgumentError(f"decode_raw requires strings of one length. Received lengths {sorted(lengths)}.")
    if lengths and lengths.copy().pop() % kind.itemsize:
        raise InvalidArgumentError(
            f"Input to decode_raw has length {lengths.pop()} that is not a multiple of {kind.itemsize}, the size of "
            f"{as_dtype(out_type).name}."
        )
    array = np.frombuffer(b"".join(flat), kind if little_endian else kind.newbyteorder(">"))
    return presented(absorbed_leaf(array.astype(kind).reshape(*strings.shape, -1)))


def decode_compressed(bytes: Any, compression_type: str = "", name: str | None = None) -> Any:
    """Return strings unpacked.

    Args:
        bytes: Strings.
        compression_type: ``"GZIP"``, ``"ZLIB"`` or ``""``.
        name: Nothing is named.

    Raises:
        ValueError: another compression.
        DataLossError: a string cannot be unpacked.
    """
    window = {"GZIP": 31, "ZLIB": 15, "": 0}.get(compression_type)
    if window is None:
        raise ValueError(f"`compression_type` must be 'GZIP', 'ZLIB' or ''. Received: {compression_type!r}")
    strings = np.asarray(absorbed_leaf(bytes), dtype=object)

    def unpacked(text: Any) -> Any:
        try:
            return zlib.decompress(text, window) if window else text
        except zlib.error as error:
            raise DataLossError(f"A string cannot be unpacked as {compression_type}: {error}.") from error

    return presented(np.vectorize(unpacked, otypes=[object])(strings))


def tensor_message(leaf: Any) -> bytes:
    """Return a leaf as the message ``TensorProto``.

    Raises:
        TypeError: a dtype that the message has no number for.
    """
    name = as_dtype(leaf.dtype).name
    if name not in _NUMBERS:
        raise TypeError(f"A tensor of dtype {name} cannot be serialized.")
    shape = b"".join(wire.field(2, wire.varint_field(1, size)) for size in leaf.shape)
    head = wire.varint_field(1, _NUMBERS[name]) + wire.field(2, shape)
    if is_strings(leaf):
        return head + b"".join(wire.field(8, text) for text in leaf.reshape(-1).tolist())
    return head + wire.field(4, _memory(leaf))


def read_tensor(data: bytes | memoryview) -> Any:
    """Return the leaf that a message ``TensorProto`` describes.

    Raises:
        DataLossError: the message is broken, or its shape does not fit its values.
    """
    name, content = "", None
    shape: tuple[int, ...] = ()
    values: list[tuple[int, int, Any]] = []
    for number, kind, value in wire.fields(data):
        if number == 1 and isinstance(value, int):
            name = _NAMES.get(value, "")
        elif number == 2 and not isinstance(value, int):
            shape = _shape(value)
        elif number == 4 and not isinstance(value, int):
            content = value
        else:
            values.append((number, kind, value))
    if not name:
        raise DataLossError("A serialized tensor has no dtype, or one that is unknown.")
    count = math.prod(shape)
    if name == "string":
        return _strings([bytes(v) for n, _, v in values if n == 8 and not isinstance(v, int)], shape, count)
    is_bfloat16 = name == "bfloat16"
    dtype = np.dtype("uint16" if is_bfloat16 else name)
    if content is not None:
        if len(content) != count * dtype.itemsize:
            raise DataLossError(
                f"A serialized tensor of shape {shape} and dtype {name} has {len(content)} bytes instead of "
                f"{count * dtype.itemsize}."
            )
        array = np.frombuffer(bytes(content), dtype).reshape(shape)
    else:
        array = _filled(_numbers_in(values, name), count, name, dtype).reshape(shape)
    found = absorbed_leaf(array.copy())
    return found.view(torch.bfloat16) if is_bfloat16 else found


def bytes_of(value: Any) -> bytes:
    """Return the bytes of a scalar string: Python's, NumPy's or a tensor.

    Raises:
        TypeError: it is something else.
    """
    if isinstance(value, (bytes, str)):
        return value.encode() if isinstance(value, str) else value
    leaf = absorbed_leaf(value)
    if not is_strings(leaf) or leaf.ndim:
        raise TypeError(f"A scalar string is needed. Received: {type(value).__name__} of shape {tuple(leaf.shape)}")
    found: bytes = leaf[()]
    return found


def _string(text: bytes) -> Any:
    return np.array(text, dtype=object)


def _memory(leaf: torch.Tensor) -> bytes:
    plain = leaf.detach().cpu().contiguous()
    plain = plain.view(torch.int16) if plain.dtype is torch.bfloat16 else plain
    return plain.numpy().tobytes()


def _shape(data: memoryview) -> tuple[int, ...]:
    sizes = []
    for number, _, value in wire.fields(data):
        if number == 2 and not isinstance(value, int):
            size = next((wire.signed(v) for n, _, v in wire.fields(value) if n == 1 and isinstance(v, int)), 0)
            if size < 0:
                raise DataLossError("A serialized tensor has an axis of unknown size.")
            sizes.append(size)
    if len(sizes) > 64:
        raise DataLossError(f"A serialized tensor has {len(sizes)} axes.")
    return tuple(sizes)


def _strings(texts: list[bytes], shape: tuple[int, ...], count: int) -> Any:
    if len(texts) != count:
        raise DataLossError(f"A serialized tensor of shape {shape} has {len(texts)} strings instead of {count}.")
    array = np.empty(count, dtype=object)
    array[:] = texts
    return array.reshape(shape)


def _numbers_in(values: list[tuple[int, int, Any]], name: str) -> list[Any]:
    found: list[Any] = []
    for number, kind, value in values:
        if number != _VALUES.get(name):
            continue
        if name in _PACKED and not isinstance(value, int):
            width = int(_PACKED[name][-1])
            found += np.frombuffer(value[: len(value) // width * width], _PACKED[name]).tolist()
        else:
            found += wire.whole_numbers(kind, value)
    return found


def _filled(values: list[Any], count: int, name: str, dtype: np.dtype) -> np.ndarray:
    """The values; the last one stands for those that are left out, as TensorFlow writes constants."""
    if len(values) > count or (count > 1 and not values and count > 2**24):
        raise DataLossError(f"A serialized tensor has {len(values)} values for {count} places.")
    if count > 2**26:
        raise DataLossError(f"A serialized tensor repeats a value {count} times: more than 2**26 are not made.")
    array = np.full(count, values[-1] if values else 0, dtype)
    array[: len(values)] = values
    return array
