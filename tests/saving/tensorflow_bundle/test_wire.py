from __future__ import annotations

import pytest

from torchkeras_compat.errors import FileContentError
from torchkeras_compat.saving.tensorflow_bundle import wire


@pytest.mark.parametrize("number", [0, 1, 127, 128, 300, 2**31, 2**63 - 1, -1, -(2**63)])
def test_numbers_round_trip(number: int) -> None:
    data = wire.varint(number)
    found, place = wire.read_varint(memoryview(data), 0)
    assert wire.signed(found) == number and place == len(data)


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
    with pytest.raises(FileContentError, match=message):
        list(wire.fields(data))
