"""Packed chunks of HDF5 arrays, unpacked here piece by piece before HDF5 does it, which stops at no size.

Source: HDF5 file format specification, "IV.A.2.l. The Data Storage - Filter Pipeline Message"; LibLZF, format of its
streams; h5py documentation, "Filter pipeline".
"""

from __future__ import annotations

import math
import zlib
from typing import Any

from torchkeras_compat.errors import FileContentError, FileLimitError

# HDF5's own numbers.
_DEFLATE, _SHUFFLE, _FLETCHER32, _LZF = 1, 2, 3, 32000
_CHECKSUM = 4  # bytes that fletcher32 adds
_PIECE = 1 << 20


def check_chunks(dataset: Any) -> None:
    """Make sure that no chunk of an array unpacks to more bytes than a chunk has.

    Args:
        dataset: `h5py.Dataset`, checked, see `check_dataset`; an array has no chunks.

    Raises:
        FileContentError: its filters are in an order, or have settings, that nobody writes; or a chunk lies outside of
            the file.
        FileLimitError: a chunk unpacks to more than it may hold.
    """
    if getattr(dataset, "chunks", None) is None:
        return
    creation = dataset.id.get_create_plist()
    filters = [creation.get_filter(i) for i in range(creation.get_nfilters())]
    codes = [found[0] for found in filters]
    place = next((i for i, code in enumerate(codes) if code in (_DEFLATE, _LZF)), None)
    if place is None:
        return
    holds = math.prod(creation.get_chunk()) * dataset.dtype.itemsize
    is_lzf = codes[place] == _LZF
    # It is unpacked as often as its size, which lzf notes, was guessed too small.
    if _SHUFFLE in codes[place:] or (is_lzf and tuple(filters[place][2][2:3]) != (holds,)):
        raise FileContentError(
            f"{dataset.name} is packed by filters in an order, or with settings, that nobody writes. Store it plainly."
        )
    behind = [i for i, code in enumerate(codes) if code == _FLETCHER32 and i > place]
    holds += _CHECKSUM * codes[:place].count(_FLETCHER32)
    for offset, mask, size in _chunks(dataset):
        if size > dataset.file.id.get_filesize():
            raise FileContentError(f"{dataset.name} has a chunk of {size:,} bytes, more than the file.")
        if mask >> place & 1:
            continue  # it is stored as it is
        packed = memoryview(dataset.id.read_direct_chunk(offset)[1])
        packed = packed[: len(packed) - _CHECKSUM * sum(not mask >> i & 1 for i in behind)]
        if not (_fits_lzf if is_lzf else _fits_deflate)(packed, holds):
            raise FileLimitError(
                f"A chunk of {dataset.name} unpacks {len(packed):,} bytes to more than the {holds:,} that it holds. Do"
                " not trust the file, or save it again."
            )


def _chunks(dataset: Any) -> list[tuple[tuple[int, ...], int, int]]:
    """Offset, mask of the filters that were left out, and size in the file of each chunk."""
    found: list[tuple[tuple[int, ...], int, int]] = []

    def note(chunk: Any) -> None:
        found.append((chunk.chunk_offset, chunk.filter_mask, chunk.size))

    dataset.id.chunk_iter(note)
    return found


def _fits_deflate(packed: memoryview, most: int) -> bool:
    stream, left = zlib.decompressobj(), packed
    while not stream.eof:
        try:
            count = len(stream.decompress(left, min(_PIECE, most + 1)))
        except zlib.error:
            return True  # HDF5 says what is wrong with it
        most -= count
        left = memoryview(stream.unconsumed_tail)
        if most < 0:
            return False
        if not count and not left:
            break
    return True


def _fits_lzf(packed: memoryview, most: int) -> bool:
    """Whether runs of bytes, and copies of those before, are ``most`` bytes in sum."""
    place, end = 0, len(packed)
    while place < end and most >= 0:
        first = packed[place]
        if first < 32:
            most -= first + 1
            place += first + 2
            continue
        place += 2
        length = first >> 5
        if length == 7 and place <= end:
            length += packed[place - 1]
            place += 1
        most -= length + 2
    return most >= 0
