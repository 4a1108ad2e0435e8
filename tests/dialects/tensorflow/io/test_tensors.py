from __future__ import annotations

import zlib
from typing import Any

import numpy as np
import pytest
import torch

from torchkeras_compat.dialects.tensorflow.errors import DataLossError, InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.io import tensors, wire

WRITTEN = [  # TensorFlow 2.15
    ([1.0, 2.0], b'\x08\x01\x12\x04\x12\x02\x08\x02"\x08\x00\x00\x80?\x00\x00\x00@'),
    (
        [[1, 2], [3, 4]],
        b'\x08\x03\x12\x08\x12\x02\x08\x02\x12\x02\x08\x02"\x10' + np.arange(1, 5, dtype="<i4").tobytes(),
    ),
    ([True, False], b'\x08\n\x12\x04\x12\x02\x08\x02"\x02\x01\x00'),
    (["a", "bc"], b"\x08\x07\x12\x04\x12\x02\x08\x02B\x01aB\x02bc"),
]


def text(value: Any) -> bytes:
    found: bytes = np.asarray(value, dtype=object)[()]
    return found


@pytest.mark.parametrize(("value", "wanted"), WRITTEN)
def test_bytes_are_those_of_tensorflow(value: Any, wanted: bytes) -> None:
    assert text(tensors.serialize_tensor(value)) == wanted
    assert np.asarray(tensors.read_tensor(wanted)).tolist() == [x.encode() if isinstance(x, str) else x for x in value]


def test_single_values_fill_a_constant() -> None:
    head = wire.varint_field(1, 1) + wire.field(2, wire.field(2, wire.varint_field(1, 3)))
    assert tensors.read_tensor(head + wire.field(5, np.float32(2).tobytes())).tolist() == [2, 2, 2]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x08\x63",
        b'\x08\x01\x12\x04\x12\x02\x08\x02"\x04\x00\x00\x80?',
        wire.varint_field(1, 1) + wire.field(2, wire.field(2, wire.varint_field(1, 2**40))),
        wire.varint_field(1, 7) + wire.field(2, wire.field(2, wire.varint_field(1, 2**40))),
        wire.varint_field(1, 1) + wire.field(2, wire.field(2, wire.varint_field(1, -1))),
        wire.varint_field(1, 1) + wire.field(2, wire.field(2, wire.varint_field(1, 1)) * 100) + wire.field(4, b"abcd"),
    ],
)
def test_hostile_messages_are_refused(data: bytes) -> None:
    with pytest.raises(DataLossError):
        tensors.read_tensor(data)


def test_another_dtype_is_refused() -> None:
    with pytest.raises(InvalidArgumentError, match="Pass `out_type=tf.float32`"):
        tensors.parse_tensor(tensors.serialize_tensor([1.0]), "int32")
    assert tensors.parse_tensor(tensors.serialize_tensor([1.0]), "float32").numpy().tolist() == [1.0]


def test_raw_numbers() -> None:
    """Values of TensorFlow 2.15."""
    assert tensors.decode_raw([b"\1\0\2\0", b"\3\0\4\1"], "int16").numpy().tolist() == [[1, 2], [3, 260]]
    assert tensors.decode_raw(b"\1\2", "int16", little_endian=False).numpy().tolist() == [258]
    assert tensors.decode_raw([b"\1", b"\1\2"], "uint8", fixed_length=2).numpy().tolist() == [[1, 0], [1, 2]]
    with pytest.raises(InvalidArgumentError, match="lengths \\[1, 2\\]"):
        tensors.decode_raw([b"\1", b"\1\2"], "uint8")
    with pytest.raises(InvalidArgumentError, match="not a multiple of 4"):
        tensors.decode_raw(b"\1\2", "float32")


def test_unpacking() -> None:
    packed = zlib.compress(b"abc")
    assert text(tensors.decode_compressed(packed, "ZLIB")) == b"abc"
    with pytest.raises(DataLossError, match="as GZIP"):
        tensors.decode_compressed(packed, "GZIP")
    with pytest.raises(TypeError, match="A scalar string is needed"):
        tensors.bytes_of(torch.zeros(1))
