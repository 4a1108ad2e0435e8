from __future__ import annotations

import pytest

from torchkeras_compat.dialects.tensorflow.errors import DataLossError
from torchkeras_compat.dialects.tensorflow.io import wire


@pytest.mark.parametrize("number", [0, 1, 127, 128, 300, 2**31, 2**63 - 1, -1, -(2**63)])
def test_numbers_round_trip(number: int) -> None:
    data = wire.varint(number)
    found, place = wire.read_varint(memoryview(data), 0)
    assert wire.signed(found) == number and place == len(data)


def test_fields_are_read_in_order() -> None:
    data = wire.varint_field(3, 150) + wire.field(2, b"testing") + b"\x0d\0\0\0\0"
    read = [(number, kind, v if isinstance(v, int) else bytes(v)) for number, kind, v in wire.fields(data)]
    assert read == [(3, 0, 150), (2, 2, b"testing"), (1, 5, b"\0\0\0\0")]
    assert wire.field(2, b"testing").hex() == "120774657374696e67"  # the documentation of Protocol Buffers


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\xff" * 11, "does not end"),
        (b"\x08", "does not end"),
        (b"\x00", "field 0"),
        (b"\x0b", "wire type 3"),
        (wire.varint(10) + wire.varint(2**60) + b"abc", "a field of 1152921504606846976 bytes, and 3 are left"),
    ],
)
def test_broken_messages_are_refused(data: bytes, message: str) -> None:
    with pytest.raises(DataLossError, match=message):
        list(wire.fields(data))


def test_packed_numbers() -> None:
    assert wire.whole_numbers(2, memoryview(wire.packed_whole_numbers([1, -1, 300]))) == [1, -1, 300]
    with pytest.raises(DataLossError, match="cut off"):
        wire.real_numbers(2, memoryview(b"abc"))
