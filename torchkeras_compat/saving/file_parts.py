"""A part of a file as a file of its own: an HDF5 file that lies in a zip file is read where it is."""

from __future__ import annotations

import io
import os
import zlib
from typing import Any

from torchkeras_compat.errors import FileContentError

_BLOCK = 1 << 20  # bytes; those read last are still in the cache of the processor when they are used


class FilePart(io.RawIOBase):
    """Some bytes of an open file, to read; they may be checked on the way.

    Args:
        file: Unbuffered binary file, which the part moves about in.
        start: Where the part begins.
        size: Its bytes; None for all up to the end.
        crc: CRC-32 that they should have; None if nobody knows.
        source: What it is, for messages: ``"'a.h5'"``.

    Raises:
        FileContentError: the file ends before.
    """

    is_checked = False
    """Whether everything has been read once, and the CRC is the right one."""

    def __init__(
        self, file: Any, start: int = 0, size: int | None = None, crc: int | None = None, source: str = ""
    ) -> None:
        super().__init__()
        there = os.fstat(file.fileno()).st_size
        self.start = start
        self.size = there - start if size is None else size
        self.source = source
        self.crc = crc
        self._file = file
        self._position = 0
        if start + self.size > there:
            raise self._cut_off()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._position = max(0, offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self.size}[whence])
        return self._position

    def tell(self) -> int:
        return self._position

    def readinto(self, buffer: Any) -> int:
        """Read as many bytes as there are, up to the size of the buffer."""
        view = memoryview(buffer).cast("B")
        view = view[: max(0, self.size - self._position)]
        self._file.seek(self.start + self._position)
        done = 0
        while done < len(view):  # the system reads at most 2 GiB at once
            count = self._file.readinto(view[done:])
            if not count:
                break
            done += count
        self._position += done
        return done

    def read_exactly(self, offset: int, buffer: memoryview) -> None:
        """Fill a buffer with the bytes at ``offset``.

        Raises:
            FileContentError: there are not so many: the file was shortened since it was opened.
        """
        self._position = offset
        if self.readinto(buffer) != len(buffer):
            raise self._cut_off()

    def check(self) -> None:
        """Compare the CRC, if there is one and nobody did yet.

        Raises:
            FileContentError: the bytes are not those that were written.
        """
        Reading(self).finish()

    def _cut_off(self) -> FileContentError:
        return FileContentError(f"{self.source} is cut off: bytes are missing at its end. Copy or save it again.")


class Reading:
    """Reads a part forward, from its beginning to its end, and compares the CRC.

    Args:
        part: The part.
    """

    def __init__(self, part: FilePart) -> None:
        self.part = part
        self.position = 0
        self._crc = 0
        self._scratch: memoryview | None = None

    def into(self, offset: int, buffer: memoryview) -> None:
        """Fill a buffer with the bytes at ``offset``; what lies between it and those read before counts too.

        Raises:
            FileContentError: there are not so many.
        """
        if (
            self.part.crc is None or self.part.is_checked or offset < self.position
        ):  # they are those of another array, too
            self.part.read_exactly(offset, buffer)
            return
        self._skip_to(offset)
        self.part.read_exactly(offset, buffer)
        self._crc = zlib.crc32(buffer, self._crc)
        self.position += len(buffer)

    def finish(self) -> None:
        """Compare the CRC of the whole part.

        Raises:
            FileContentError: it differs.
        """
        part = self.part
        if part.crc is None or part.is_checked:
            return
        self._skip_to(part.size)
        if self._crc != part.crc:
            raise FileContentError(
                f"{part.source} is broken: Bad CRC-32, its bytes are not those that were written. Copy or save the"
                " file again."
            )
        part.is_checked = True

    def _skip_to(self, offset: int) -> None:
        if self._scratch is None:
            self._scratch = memoryview(bytearray(min(_BLOCK, self.part.size)))
        while self.position < offset:
            block = self._scratch[: offset - self.position]
            self.part.read_exactly(self.position, block)
            self._crc = zlib.crc32(block, self._crc)
            self.position += len(block)
