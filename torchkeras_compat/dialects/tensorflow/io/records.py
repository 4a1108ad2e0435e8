"""TFRecord files: byte strings one after the other, each with its length and two checksums.

A length is trusted only after its checksum, and bytes are asked for in pieces, so that a file that claims more than it
has allocates nothing.

Source: TensorFlow tutorials, TFRecord and tf.train.Example, "TFRecords format details".
"""

from __future__ import annotations

import gzip
import io
import struct
import types
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO

from torchkeras_compat.dialects.tensorflow.errors import DataLossError
from torchkeras_compat.dialects.tensorflow.io.gfile import local, open_to_read
from torchkeras_compat.saving.tensorflow_bundle.crc32c import masked_crc32c

_PIECE = 2**24
_KINDS = {None: "", "": "", 0: "", "GZIP": "GZIP", 2: "GZIP", "ZLIB": "ZLIB", 1: "ZLIB", "NONE": ""}


class TFRecordOptions:
    """How a record file is compressed.

    Args:
        compression_type: ``"GZIP"``, ``"ZLIB"`` or ``""``.
        flush_mode: None; nothing else can be chosen.
        input_buffer_size: None.
        output_buffer_size: None.
        window_bits: None.
        compression_level: 0 to 9; None for that of zlib.
        compression_method: None.
        mem_level: None.
        compression_strategy: None.

    Raises:
        ValueError: another compression, or one of the settings that can only be None.

    Source: TensorFlow API, io/TFRecordOptions.
    """

    def __init__(
        self,
        compression_type: Any = None,
        flush_mode: Any = None,
        input_buffer_size: Any = None,
        output_buffer_size: Any = None,
        window_bits: Any = None,
        compression_level: int | None = None,
        compression_method: Any = None,
        mem_level: Any = None,
        compression_strategy: Any = None,
    ) -> None:
        settings = (flush_mode, input_buffer_size, output_buffer_size, window_bits, compression_method, mem_level)
        if any(setting is not None for setting in (*settings, compression_strategy)):
            raise ValueError("Of TFRecordOptions only `compression_type` and `compression_level` can be chosen here.")
        self.compression_type = compression_of(compression_type)
        self.compression_level = compression_level


class TFRecordWriter:
    """Writes byte strings into a TFRecord file; a context manager that closes it.

    Args:
        path: The file.
        options: Compression, by name or as :class:`TFRecordOptions`.

    Raises:
        ValueError: an unknown compression.

    Example:
        >>> import os, tempfile
        >>> path = os.path.join(tempfile.mkdtemp(), "a.tfrecord")
        >>> with TFRecordWriter(path) as writer:
        ...     writer.write(b"one")
        ...     writer.write(b"two")
        >>> list(read_records(path))
        [b'one', b'two']

    Source: TensorFlow API, io/TFRecordWriter.
    """

    def __init__(self, path: Any, options: Any = None) -> None:
        level = getattr(options, "compression_level", None)
        kind = compression_of(getattr(options, "compression_type", options))
        self._file: Any = open(local(path), "wb")
        if kind == "GZIP":
            self._raw = self._file
            self._file = gzip.GzipFile(fileobj=self._raw, mode="wb", compresslevel=9 if level is None else level)
        elif kind == "ZLIB":
            self._file = _ZlibFile(self._file, -1 if level is None else level)

    def write(self, record: Any) -> None:
        """Write one record.

        Raises:
            TypeError: it is not bytes.
        """
        record = record.numpy() if hasattr(record, "numpy") else record
        if isinstance(record, str):
            record = record.encode()
        if not isinstance(record, (bytes, bytearray, memoryview)):
            raise TypeError(
                f"A record must be bytes. Received: {type(record).__name__}. An Example becomes bytes by "
                "`example.SerializeToString()`."
            )
        length = struct.pack("<Q", len(record))
        self._file.write(length + struct.pack("<I", masked_crc32c(length)))
        self._file.write(bytes(record))
        self._file.write(struct.pack("<I", masked_crc32c(bytes(record))))

    def flush(self) -> None:
        """Let what was written be seen by readers."""
        self._file.flush()

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        raw = getattr(self, "_raw", None)
        if raw is not None:
            raw.close()

    def __enter__(self) -> TFRecordWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: types.TracebackType | None
    ) -> None:
        self.close()


def read_records(path: Any, compression_type: Any = None) -> Iterator[bytes]:
    """Yield the records of a TFRecord file.

    Args:
        path: The file.
        compression_type: ``"GZIP"``, ``"ZLIB"``, ``""`` or None.

    Raises:
        NotFoundError: there is no such file.
        DataLossError: a checksum is wrong, or the file ends within a record.
        ValueError: an unknown compression.
    """
    kind = compression_of(compression_type)
    name = local(path)
    with open_to_read(path) as raw:
        file: Any = gzip.GzipFile(fileobj=raw) if kind == "GZIP" else Unzipped(raw) if kind == "ZLIB" else raw
        place = 0
        while True:
            head = _read(file, 12, name)
            if not head:
                return
            if len(head) < 12:
                raise DataLossError(f"truncated record at {place} in {name!r}: the file ends within a length.")
            if struct.unpack("<I", head[8:])[0] != masked_crc32c(head[:8]):
                raise DataLossError(
                    f"corrupted record at {place} in {name!r}: the checksum of its length is wrong. Is the file a "
                    f"TFRecord file, and compressed as {kind or 'not at all'}?"
                )
            length = struct.unpack("<Q", head[:8])[0]
            content = _read(file, length + 4, name)
            if len(content) < length + 4:
                raise DataLossError(f"truncated record at {place} in {name!r}: the file ends within a record.")
            record = content[:length]
            if struct.unpack("<I", content[length:])[0] != masked_crc32c(record):
                raise DataLossError(f"corrupted record at {place} in {name!r}: the checksum of its content is wrong.")
            yield record
            place += length + 16


def compression_of(kind: Any) -> str:
    """Return ``"GZIP"``, ``"ZLIB"`` or ``""``.

    Raises:
        ValueError: another compression.
    """
    kind = getattr(kind, "compression_type", kind)
    if hasattr(kind, "numpy"):
        kind = kind.numpy()
    if isinstance(kind, bytes):
        kind = kind.decode()
    if kind not in _KINDS:
        raise ValueError(f"`compression_type` must be 'GZIP', 'ZLIB' or ''. Received: {kind!r}")
    return _KINDS[kind]


def _read(file: Any, size: int, name: str) -> bytes:
    """Up to ``size`` bytes, asked for piece by piece."""
    try:
        first = file.read(min(size, _PIECE))
        if len(first) in (0, size):
            return bytes(first)
        pieces = [first]
        read = len(first)
        while read < size and (piece := file.read(min(size - read, _PIECE))):
            pieces.append(piece)
            read += len(piece)
        return b"".join(pieces)
    except (zlib.error, gzip.BadGzipFile, EOFError) as error:
        raise DataLossError(f"{name!r} cannot be unpacked: {error}. Is the compression the right one?") from error


class Unzipped(io.RawIOBase):
    """Reads what zlib compressed, never more at a time than was asked for.

    Args:
        raw: The file.
    """

    def __init__(self, raw: BinaryIO) -> None:
        self._raw = raw
        self._unpack = zlib.decompressobj()
        self._ready = b""

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer, and return how many bytes were left for it."""
        found = self.read(len(buffer))
        buffer[: len(found)] = found
        return len(found)

    def read(self, size: int = -1) -> bytes:
        """Return the next ``size`` bytes, fewer at the end."""
        while len(self._ready) < size and not self._unpack.eof:
            source = self._unpack.unconsumed_tail or self._raw.read(2**16)
            if not source:
                break
            self._ready += self._unpack.decompress(source, size)
        found, self._ready = self._ready[:size], self._ready[size:]
        return found


class _ZlibFile:
    """Writes with zlib's compression."""

    def __init__(self, raw: BinaryIO, level: int) -> None:
        self._raw = raw
        self._pack = zlib.compressobj(level)

    def write(self, data: bytes) -> None:
        self._raw.write(self._pack.compress(data))

    def flush(self) -> None:
        self._raw.write(self._pack.flush(zlib.Z_SYNC_FLUSH))
        self._raw.flush()

    def close(self) -> None:
        self._raw.write(self._pack.flush())
        self._raw.close()
