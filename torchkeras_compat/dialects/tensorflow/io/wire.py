"""The wire format of protocol buffers, as `tf.io` reads it: what is broken is a `DataLossError`."""

from __future__ import annotations

from collections.abc import Iterator

from torchkeras_compat.dialects.tensorflow.errors import DataLossError
from torchkeras_compat.errors import FileContentError
from torchkeras_compat.saving.tensorflow_bundle import wire

BYTES, FIXED32, FIXED64, VARINT = wire.BYTES, wire.FIXED32, wire.FIXED64, wire.VARINT
field = wire.field
packed_whole_numbers = wire.packed_whole_numbers
signed = wire.signed
varint = wire.varint
varint_field = wire.varint_field


def read_varint(data: memoryview, place: int) -> tuple[int, int]:
    """Return the number that begins at a place, and the place behind it.

    Raises:
        DataLossError: it does not end.
    """
    try:
        return wire.read_varint(data, place)
    except FileContentError as error:
        raise DataLossError(str(error)) from error


def fields(data: bytes | memoryview) -> Iterator[tuple[int, int, int | memoryview]]:
    """Yield number, wire type and value of each field: an int, or a view of the bytes.

    Raises:
        DataLossError: the message is broken.
    """
    try:
        yield from wire.fields(data)
    except FileContentError as error:
        raise DataLossError(str(error)) from error


def whole_numbers(kind: int, value: int | memoryview) -> list[int]:
    """Return the int64 numbers of a field, packed or a single one.

    Raises:
        DataLossError: a number does not end.
    """
    try:
        return wire.whole_numbers(kind, value)
    except FileContentError as error:
        raise DataLossError(str(error)) from error


def real_numbers(kind: int, value: int | memoryview) -> list[float]:
    """Return the float32 numbers of a field, packed or a single one.

    Raises:
        DataLossError: the bytes are not whole numbers of four.
    """
    try:
        return wire.real_numbers(kind, value)
    except FileContentError as error:
        raise DataLossError(str(error)) from error
