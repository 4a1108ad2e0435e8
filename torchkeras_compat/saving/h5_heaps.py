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

import numpy as np

from torchkeras_compat.errors import FileContentError
from torchkeras_compat.saving.file_limits import current_limits, too_much

_START = b"GCOL\x01\x00\x00\x00"  # signature, version, reserved
_HEADER = 16  # bytes of the header of a heap, and of each object in it
_FIRST, _SECOND = struct.unpack("<2I", _START)
_BLOCK = 1 << 20  # bytes, which stay in the cache of the processor


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
        FileLimitError: they hold more objects than the limits allow.
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
    left = limit = current_limits().objects  # of all heaps in sum: what claims to be one may lie in another
    for start in _starts(file, size):
        left -= _walk(file, start, size, left)
        if left <= 0:
            raise too_much("There are too many texts in the heaps", "objects", limit)


def _starts(file: Any, size: int) -> Iterator[int]:
    """Yield where heaps begin; eight bytes in a row, so that weights do not look like one."""
    kept = len(_START) - 1  # bytes of the block before, in which a heap may begin
    buffer = bytearray(kept + _BLOCK)
    for place in range(0, size, _BLOCK):
        file.seek(place)
        end = kept + file.readinto(memoryview(buffer)[kept:])
        # As numbers of four bytes, from each of four places on: faster than `bytes.find`.
        for i in range(4):
            row = np.frombuffer(buffer, "<u4", (end - i) // 4, i)
            hit = row[:-1] == _FIRST
            if hit.any():
                for word in np.flatnonzero(hit & (row[1:] == _SECOND)):
                    yield place - kept + i + 4 * int(word)
        buffer[:kept] = buffer[end - kept : end]


def _walk(file: Any, start: int, size: int, most: int) -> int:
    """Walk one heap by its headers alone, and return the number of objects; not more than ``most`` are looked at."""
    file.seek(start)
    length = struct.unpack("<8xQ", file.read(_HEADER).ljust(_HEADER, b"\0"))[0]
    place, end, number = start + _HEADER, start + length, 1
    broken = length < _HEADER or end > size
    while not broken and place + _HEADER <= end and number < most:
        file.seek(place)
        index, claimed = struct.unpack("<H6xQ", file.read(_HEADER))
        need = _HEADER + (claimed + 7) // 8 * 8 if index else claimed
        broken = need < _HEADER or place + need > end
        place += need
        number += 1
    if broken:
        raise FileContentError(f"The global heap at byte {start} is broken. Copy or save the file again.")
    return number
