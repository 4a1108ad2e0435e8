"""The name of a function that a file holds as bytecode, found by walking over the bytes: nothing is made of them.

`marshal.loads` may crash on bytes that nobody checked, and reads those of its own version of Python only.
"""

from __future__ import annotations

import base64
import binascii
import struct
from typing import Any

# Bytes of values that have a size of their own, by marshal's type; a first number says how many bytes follow others.
_FIXED = {b"0": 0, b"N": 0, b"F": 0, b"T": 0, b"S": 0, b".": 0, b"i": 4, b"I": 8, b"g": 8, b"y": 16}
_TEXTS = {b"s": 4, b"t": 4, b"u": 4, b"a": 4, b"A": 4, b"z": 1, b"Z": 1, b"f": 1}
_SEQUENCES = {b"(": 4, b"[": 4, b"<": 4, b">": 4, b")": 1}
_IS_SHARED = 0x80
_DEEPEST, _MOST_VALUES, _MOST_BYTES = 20, 100_000, 2**22
# Numbers before the values of a code object: in Python 3.0 to 3.7 and from 3.11, 3.8 to 3.10, and 2.
_COUNTS = (5, 6, 4)


def stored_name(code: Any) -> str | None:
    """Return the name of the function that bytecode defines; None for a lambda, and where it cannot be read.

    Args:
        code: What a config holds: base64, or the bytes as text, as Keras 1 has them.

    Example:
        >>> import marshal
        >>> def scaled(x): return 2 * x
        >>> stored_name(base64.b64encode(marshal.dumps(scaled.__code__)).decode())
        'scaled'
    """
    if not isinstance(code, str) or len(code) > _MOST_BYTES:
        return None
    for data in _candidates(code):
        for count in _COUNTS:
            try:
                name = _Walk(data, count).name()
            except (ValueError, IndexError, struct.error):
                continue
            if name.isidentifier():
                return name
    return None


def _candidates(code: str) -> list[bytes]:
    found = []
    try:
        found.append(base64.b64decode("".join(code.split()), validate=True))
    except (binascii.Error, ValueError):
        pass
    try:
        found.append(code.encode("raw_unicode_escape"))
    except UnicodeEncodeError:
        pass
    return [data for data in found if data[:1] in (b"c", b"\xe3")]


class _Walk:
    """Walks over the bytes of one code object, whose texts alone are kept."""

    def __init__(self, data: bytes, count: int) -> None:
        self.data = data
        self.count = count  # of the numbers that a code object begins with
        self.at = 0
        self.values = 0
        self.shared: list[Any] = []
        self.interned: list[str] = []  # of Python 2

    def name(self) -> str:
        """Return the name of the code object."""
        self.at = 1
        self.shared.append(None)
        return self.code(0)

    def take(self, size: int) -> bytes:
        if size < 0 or self.at + size > len(self.data):
            raise ValueError("the bytes end early")
        found = self.data[self.at : self.at + size]
        self.at += size
        return found

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "little", signed=size == 4)

    def code(self, depth: int) -> str:
        self.take(4 * self.count)
        values = [self.value(depth + 1) for _ in range(5)]
        if isinstance(values[4], tuple):  # up to Python 3.10 variables lie in three places, here the fourth of them
            self.value(depth + 1)
        self.value(depth + 1)  # the file
        name = self.value(depth + 1)
        if not isinstance(values[0], str) or not isinstance(name, str):
            raise ValueError("this is not a code object")
        return name

    def value(self, depth: int) -> Any:
        """Walk over one value: return a text, a tuple for a sequence, and None for others."""
        self.values += 1
        if depth > _DEEPEST or self.values > _MOST_VALUES:
            raise ValueError("there are too many values")
        first = self.take(1)[0]
        kind = bytes([first & ~_IS_SHARED])
        if kind == b"r":
            return self.shared[self.number(4)]
        if kind == b"R":
            return self.interned[self.number(4)]
        place = len(self.shared)
        if first & _IS_SHARED:
            self.shared.append(None)
        found = self.body(kind, depth)
        if first & _IS_SHARED:
            self.shared[place] = found
        return found

    def body(self, kind: bytes, depth: int) -> Any:
        if kind in _FIXED:
            self.take(_FIXED[kind])
            return None
        if kind in _TEXTS:
            text = self.take(self.number(_TEXTS[kind])).decode("utf-8", "replace")
            if kind == b"t":
                self.interned.append(text)
            return text
        if kind in _SEQUENCES:
            for _ in range(self.number(_SEQUENCES[kind])):
                self.value(depth + 1)
            return ()
        if kind == b"l":
            self.take(2 * abs(self.number(4)))
            return None
        if kind == b"x":
            for _ in range(2):
                self.take(self.number(1))
            return None
        if kind == b"c":
            return self.after_code(depth)
        raise ValueError("this kind of value is unknown")

    def after_code(self, depth: int) -> None:
        """Walk over a function inside, with what comes after its name: the lines, and from 3.11 two values more."""
        self.take(4 * self.count)
        values = [self.value(depth + 1) for _ in range(5)]
        is_new = not isinstance(values[4], tuple)
        for _ in range(2 if is_new else 3):
            self.value(depth + 1)
        if is_new:
            self.value(depth + 1)  # the long name
        self.take(4)
        for _ in range(2 if is_new else 1):
            self.value(depth + 1)
