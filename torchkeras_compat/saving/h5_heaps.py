"""Global heaps of HDF5 files, where texts of any length lie: walked here before HDF5 walks them.

HDF5 loops for ever on a heap whose free space claims to have no size, which no one can interrupt.

Source: HDF5 file format specification, "III.E. Disk Format: Level 1E - Global Heap".
"""

from __future__ import annotations

import contextlib
import contextvars
import os
import struct
from collections.abc import Iterator
from typing import Any

from torchkeras_compat.errors import FileContentError

_START = b"GCOL\x01\x00\x00\x00"  # signature, version, reserved
_HEADER = 16  # bytes of the header of a heap, and of each object in it
_BLOCK = 1 << 22


class _Source:
    def __init__(self, file: Any) -> None:
        self.file = file
        self.is_checked = False


_source: contextvars.ContextVar[_Source | None] = contextvars.ContextVar("h5_source", default=None)


@contextlib.contextmanager
def heaps_of(file: Any) -> Iterator[None]:
    """Let :func:`check_heaps` look at a file inside the scope.

    Args:
        file: Path, or binary file object that can seek.
    """
    token = _source.set(_Source(file))
    try:
        yield
    finally:
        _source.reset(token)


def check_heaps(root: Any) -> None:
    """Walk all heaps of the file that is open, once; called before the first text of any length is read.

    Args:
        root: `h5py.File` or `h5py.Group` of it.

    Raises:
        FileContentError: a heap is broken.
    """
    source = _source.get()
    if source is None or source.is_checked:
        return
    source.is_checked = True
    if root.file.id.get_create_plist().get_sizes()[1] != 8:
        raise FileContentError("The file counts lengths by other than 8 bytes, which HDF5 files of models do not.")
    if isinstance(source.file, (str, os.PathLike)):
        with open(source.file, "rb") as file:
            _check(file)
        return
    place = source.file.tell()
    try:
        _check(source.file)
    finally:
        source.file.seek(place)


def _check(file: Any) -> None:
    file.seek(0, os.SEEK_END)
    size = file.tell()
    for start in _starts(file, size):
        file.seek(start)
        length = struct.unpack("<8xQ", file.read(_HEADER).ljust(_HEADER, b"\0"))[0]
        file.seek(start)
        _walk(file.read(min(length, size - start)), length, start)


def _starts(file: Any, size: int) -> Iterator[int]:
    """Yield where heaps begin; eight bytes in a row, so that weights do not look like one."""
    place, tail = 0, b""
    while place < size:
        file.seek(place)
        block = tail + file.read(_BLOCK)
        found = block.find(_START)
        while found >= 0:
            yield place - len(tail) + found
            found = block.find(_START, found + 1)
        tail = block[-len(_START) + 1 :]
        place += _BLOCK


def _walk(heap: bytes, length: int, start: int) -> None:
    place, end = _HEADER, length
    broken = length < _HEADER or length > len(heap)
    while not broken and place + _HEADER <= end:
        index, size = struct.unpack_from("<H6xQ", heap, place)
        need = _HEADER + (size + 7) // 8 * 8 if index else size
        broken = need < _HEADER or place + need > end
        place += need
    if broken:
        raise FileContentError(f"The global heap at byte {start} is broken. Copy or save the file again.")
