"""``tf.compat``: text and bytes, and the kinds of numbers."""

from __future__ import annotations

import numbers
import os
from typing import Any

import numpy as np

bytes_or_text_types = (bytes, str)
integral_types = (numbers.Integral, np.integer)
real_types = (numbers.Real, np.integer, np.floating)
complex_types = (numbers.Complex, np.number)


def as_bytes(bytes_or_text: Any, encoding: str = "utf-8") -> bytes:
    """Return text or bytes as bytes.

    Raises:
        TypeError: it is neither.

    Example:
        >>> as_bytes("a")
        b'a'
    """
    if isinstance(bytes_or_text, str):
        return bytes_or_text.encode(encoding)
    if isinstance(bytes_or_text, (bytes, bytearray)):
        return bytes(bytes_or_text)
    raise TypeError(f"Expected binary or unicode string, got {bytes_or_text!r:.100}")


def as_text(bytes_or_text: Any, encoding: str = "utf-8") -> str:
    """Return text or bytes as text: ``tf.compat.as_text`` and ``as_str``.

    Raises:
        TypeError: it is neither.

    Example:
        >>> as_text(b"a")
        'a'
    """
    if isinstance(bytes_or_text, str):
        return bytes_or_text
    if isinstance(bytes_or_text, (bytes, bytearray)):
        return bytes(bytes_or_text).decode(encoding)
    raise TypeError(f"Expected binary or unicode string, got {bytes_or_text!r:.100}")


def as_str_any(value: Any, encoding: str = "utf-8") -> str:
    """Return bytes as text, and anything else by ``str``."""
    return as_text(value, encoding) if isinstance(value, (bytes, bytearray)) else str(value)


def path_to_str(path: Any) -> Any:
    """Return a path object as text, and anything else as it is."""
    return os.fspath(path) if hasattr(path, "__fspath__") else path


def dimension_value(dimension: Any) -> Any:
    """Return the size of an axis: of an object with ``value`` that, else itself."""
    return getattr(dimension, "value", dimension)


def dimension_at_index(shape: Any, index: int) -> Any:
    """Return the size of an axis of a shape."""
    return shape[index]


def forward_compatible(year: int, month: int, day: int) -> bool:
    """Return True: there is no older version that has to read what is written."""
    return True
