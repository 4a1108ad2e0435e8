"""The wire format of protocol buffers: numbered fields of a message, in bytes.

Whatever is read is hostile until checked: every length is compared with what is left before anything is made of it.

Source: Protocol Buffers documentation, encoding.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from torchkeras_compat.errors import FileContentError

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
_LONGEST_VARINT = 10


def varint(value: int) -> bytes:
    """Return a whole number in groups of seven bits; a negative one as its two's complement of 64 bits.

    Example:
        >>> varint(300).hex(), len(varint(-1))
        ('ac02', 10)
    """
    value &= 2**64 - 1
    groups = bytearray()
    while value > 127:
        groups.append(value & 127 | 128)
        value >>= 7
    groups.append(value)
    return bytes(groups)


def field(number: int, content: bytes) -> bytes:
    """Return a field that holds bytes: a message, a string, or packed numbers."""
    return varint(number << 3 | BYTES) + varint(len(content)) + content


def varint_field(number: int, value: int) -> bytes:
    """Return a field that holds a whole number."""
    return varint(number << 3 | VARINT) + varint(value)


def read_varint(data: memoryview, place: int) -> tuple[int, int]:
    """Return the number that begins at a place, and the place behind it.

    Raises:
        FileContentError: it does not end.
    """
    value = shift = 0
    for read in range(_LONGEST_VARINT):
        if place + read >= len(data):
            break
        byte = data[place + read]
        value |= (byte & 127) << shift
        if byte < 128:
            return value & (2**64 - 1), place + read + 1
        shift += 7
    raise FileContentError("A message in protobuf's format is broken: a number does not end.")


def fields(data: bytes | memoryview) -> Iterator[tuple[int, int, int | memoryview]]:
    """Yield number, wire type and value of each field: an int, or a view of the bytes.

    Raises:
        FileContentError: the message is broken.
    """
    view = memoryview(data)
    place = 0
    while place < len(view):
        key, place = read_varint(view, place)
        number, kind = key >> 3, key & 7
        if not number:
            raise FileContentError("A message in protobuf's format is broken: it has a field 0.")
        if kind == VARINT:
            value: int | memoryview
            value, place = read_varint(view, place)
        else:
            if kind == BYTES:
                length, place = read_varint(view, place)
            elif kind in (FIXED32, FIXED64):
                length = 4 if kind == FIXED32 else 8
            else:
                raise FileContentError(f"A message in protobuf's format is broken: wire type {kind} is not one of it.")
            if length > len(view) - place:
                raise FileContentError(
                    f"A message in protobuf's format is broken: a field of {length} bytes, and {len(view) - place} are "
                    "left."
                )
            value = view[place : place + length]
            place += length
        yield number, kind, value


def messages(data: bytes | memoryview, number: int) -> Iterator[memoryview]:
    """Yield a view of the bytes of each field of one number: messages, strings or packed numbers.

    Raises:
        FileContentError: the message is broken.
    """
    for which, kind, value in fields(data):
        if which == number and kind == BYTES and isinstance(value, memoryview):
            yield value


def signed(value: int) -> int:
    """Return the int64 that an unsigned number stands for."""
    return value - 2**64 if value >= 2**63 else value


def whole_numbers(kind: int, value: int | memoryview) -> list[int]:
    """Return the int64 numbers of a field, packed or a single one."""
    if isinstance(value, int):
        return [signed(value)]
    numbers, place = [], 0
    while place < len(value):
        number, place = read_varint(value, place)
        numbers.append(signed(number))
    return numbers


def real_numbers(kind: int, value: int | memoryview) -> list[float]:
    """Return the float32 numbers of a field, packed or a single one.

    Raises:
        FileContentError: the bytes are not whole numbers of four.
    """
    if isinstance(value, int) or len(value) % 4:
        raise FileContentError("A message in protobuf's format is broken: a list of floats is cut off.")
    found: list[float] = np.frombuffer(value, "<f4").tolist()
    return found


def packed_whole_numbers(values: Iterable[int]) -> bytes:
    """Return int64 numbers, packed."""
    return b"".join(map(varint, values))
