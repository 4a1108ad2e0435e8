"""A table of keys and values in one file, sorted: LevelDB's format, in which TensorFlow keeps what a checkpoint has.

A file is blocks, then an index block with the last key of each block and its place, then a footer with the place of the
index. A block is entries (bytes shared with the key before, further bytes of the key, the value), then the places of
those that share nothing, then a byte for its compression and a checksum.

Source: LevelDB documentation, table_format.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from torchkeras_compat.errors import FileContentError
from torchkeras_compat.saving.file_limits import current_limits, too_much
from torchkeras_compat.saving.open_h5 import check_is_file
from torchkeras_compat.saving.tensorflow_bundle.crc32c import masked_crc32c
from torchkeras_compat.saving.tensorflow_bundle.wire import read_varint

_FOOTER = 48  # bytes: two places with padding, and the magic number
_MAGIC = bytes.fromhex("57fb808b247547db")
_TRAILER = 5  # bytes behind a block: its compression, and a checksum
_SNAPPY = 1


def read_table(path: str) -> dict[str, memoryview]:
    """Return the values of a table by their keys, in order.

    Args:
        path: File.

    Raises:
        FileNotFoundError: there is no such file.
        FileContentError: it is broken, compressed, or no table.
        FileLimitError: it is larger than a config may be, or its keys are, or there are too many of them.
    """
    check_is_file(path, "the index of a checkpoint of TensorFlow")
    limit = current_limits().config_bytes
    with Path(path).open("rb") as file:
        data = memoryview(file.read(limit + 1))
    if len(data) > limit:
        raise too_much(f"The table {path!r} is too long", "config_bytes", limit)
    try:
        return _values(data, limit)
    except FileContentError as error:
        error.args = (f"{path!r} is not a whole table of TensorFlow: {error}", *error.args[1:])
        raise


def _values(data: memoryview, limit: int) -> dict[str, memoryview]:
    if len(data) < _FOOTER or data[-len(_MAGIC) :] != _MAGIC:
        raise FileContentError("it does not end as one, so it is cut off or something else. Copy it again.")
    footer = data[-_FOOTER : -len(_MAGIC)]
    _, place = _handle(footer, 0)  # of the meta index, which TensorFlow leaves empty
    index, _ = _handle(footer, place)
    found: dict[str, memoryview] = {}
    length = end = 0
    most = current_limits().objects
    for _, value in _entries(_block(data, *index)):
        (offset, size), _ = _handle(value, 0)
        if offset < end:  # so that none is read more than once
            raise FileContentError(f"the block at {offset} overlaps the one before it.")
        end = offset + size + _TRAILER
        for key, content in _entries(_block(data, offset, size)):
            length += len(key)
            if length > limit:  # keys share bytes in the file, and not here
                raise too_much("Its keys are too long", "config_bytes", limit)
            name = _text(key)
            if name in found:
                raise FileContentError(f"it has the key {name!r:.100} twice.")
            found[name] = content
            if len(found) > most:
                raise too_much("It has too many entries", "objects", most)
    return found


def _text(key: bytes) -> str:
    try:
        return key.decode()
    except UnicodeDecodeError as error:
        raise FileContentError(f"the key {key[:40]!r} is not UTF-8.") from error


def _handle(data: memoryview, place: int) -> tuple[tuple[int, int], int]:
    """The place and the size of a block, and where the bytes behind them begin."""
    offset, place = read_varint(data, place)
    size, place = read_varint(data, place)
    return (offset, size), place


def _block(data: memoryview, offset: int, size: int) -> memoryview:
    if offset + size + _TRAILER > len(data) - _FOOTER:
        raise FileContentError(f"a block of {size} bytes at {offset} lies outside it.")
    kind = data[offset + size]
    checksum = int.from_bytes(data[offset + size + 1 : offset + size + _TRAILER], "little")
    if masked_crc32c(data[offset : offset + size + 1]) != checksum:
        raise FileContentError(f"the checksum of the block at {offset} is wrong, so it is broken. Copy it again.")
    if kind:
        name = "snappy" if kind == _SNAPPY else f"method {kind}"
        raise FileContentError(
            f"the block at {offset} is compressed ({name}), as TensorFlow never does. Save the checkpoint again."
        )
    return data[offset : offset + size]


def _entries(block: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    if len(block) < 4:
        raise FileContentError("a block has no restart points.")
    restarts = int.from_bytes(block[-4:], "little")
    end = len(block) - 4 - 4 * restarts
    if end < 0:
        raise FileContentError(f"a block of {len(block)} bytes claims {restarts} restart points.")
    place, key = 0, b""
    content = block[:end]
    while place < end:
        shared, place = read_varint(content, place)
        added, place = read_varint(content, place)
        length, place = read_varint(content, place)
        if shared > len(key) or added + length > end - place:
            raise FileContentError("an entry claims more bytes than there are.")
        following = key[:shared] + bytes(content[place : place + added])
        if following <= key and key:
            raise FileContentError("its keys are not in order.")
        key = following
        place += added
        yield key, content[place : place + length]
        place += length
