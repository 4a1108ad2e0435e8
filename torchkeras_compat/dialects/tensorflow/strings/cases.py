"""Strings changed one by one: case, borders, parts."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.strings.flat_values import of_flat_values
from torchkeras_compat.dialects.tensorflow.strings.string_tensor import StringTensor, as_bytes, counted, mapped

UNITS = ("BYTE", "UTF8_CHAR")
_SPACE = b" \t\n\r\f\v"


def _check_encoding(encoding: str) -> bool:
    """Whether the encoding is UTF-8; otherwise only ASCII letters change."""
    if encoding not in ("", "utf-8"):
        raise InvalidArgumentError(f"Argument `encoding` must be '' or 'utf-8'. Received: {encoding!r}")
    return encoding == "utf-8"


@of_flat_values
def lower(input: Any, encoding: str = "", name: str | None = None) -> StringTensor:
    """Return the strings in lowercase: ASCII letters, or all of them with ``encoding="utf-8"``.

    Raises:
        InvalidArgumentError: ``encoding`` is another one.

    Example:
        >>> lower(["A", "b"]).numpy().tolist()
        [b'a', b'b']
    """
    if _check_encoding(encoding):
        return mapped(lambda text: text.decode("utf-8", "replace").lower().encode(), input)
    return mapped(bytes.lower, input)


@of_flat_values
def upper(input: Any, encoding: str = "", name: str | None = None) -> StringTensor:
    """Return the strings in uppercase; see :func:`lower`."""
    if _check_encoding(encoding):
        return mapped(lambda text: text.decode("utf-8", "replace").upper().encode(), input)
    return mapped(bytes.upper, input)


@of_flat_values
def strip(input: Any, name: str | None = None) -> StringTensor:
    """Return the strings without white space at their ends."""
    return mapped(lambda text: text.strip(_SPACE), input)


@of_flat_values
def length(input: Any, unit: str = "BYTE", name: str | None = None) -> Any:
    """Return the number of bytes, or of characters with ``unit="UTF8_CHAR"``, as int32.

    Raises:
        ValueError: ``unit`` is another one.
    """
    is_bytes = _check_unit(unit)
    return counted(len if is_bytes else lambda text: sum(byte & 0xC0 != 0x80 for byte in text), input, torch.int32)


def _check_unit(unit: str) -> bool:
    if unit not in UNITS:
        raise ValueError(f"Argument `unit` must be one of {', '.join(UNITS)}. Received: {unit!r}")
    return unit == "BYTE"


@of_flat_values
def substr(input: Any, pos: Any, len: Any, unit: str = "BYTE", name: str | None = None) -> StringTensor:
    """Return ``len`` bytes or characters of each string from ``pos`` on; negative positions count from the end.

    Raises:
        InvalidArgumentError: a position lies outside its string.
        ValueError: ``unit`` is unknown.
    """
    is_bytes = _check_unit(unit)
    texts = as_bytes(input)
    starts, lengths = np.asarray(pos), np.asarray(len)
    if starts.shape != lengths.shape:
        raise InvalidArgumentError(f"`pos` and `len` must have one shape. Received: {starts.shape}, {lengths.shape}")
    texts, starts, lengths = np.broadcast_arrays(texts, starts, lengths)
    found = np.empty(texts.shape, object)
    for index in np.ndindex(texts.shape):
        found[index] = _part(bytes(texts[index]), int(starts[index]), int(lengths[index]), is_bytes)
    return StringTensor(found)


def _part(text: bytes, start: int, length: int, is_bytes: bool) -> bytes:
    whole: Any = text if is_bytes else text.decode("utf-8", "replace")
    size = whole.__len__()
    if not -size <= start <= size:
        raise InvalidArgumentError(f"Position {start} lies outside a string of length {size}.")
    start = start + size if start < 0 else start
    part = whole[start : start + max(length, 0)]
    found: bytes = part if is_bytes else part.encode()
    return found
