"""HDF5 files, opened with errors that say which file, and what to do."""

from __future__ import annotations

import contextlib
import io
import os
import stat
from collections.abc import Callable, Iterator
from typing import Any

from torchkeras_compat.errors import FileContentError
from torchkeras_compat.saving.file_parts import FilePart
from torchkeras_compat.saving.h5_heaps import heaps_of
from torchkeras_compat.saving.late_arrays import LateArrays
from torchkeras_compat.saving.reading import is_of_the_system, reading

HDF5_MAGIC = b"\x89HDF\r\n\x1a\n"  # the first bytes of a file


@contextlib.contextmanager
def opened_h5(file: Any, source: str | None = None) -> Iterator[Any]:
    """Open an HDF5 file to read; what goes wrong inside the scope is an error of the file, see `reading`.

    Args:
        file: Path, `FilePart`, or other binary file object.
        source: Name for messages; the path by default.

    Raises:
        FileNotFoundError: there is no such file.
        FileContentError: it is not an HDF5 file, or it is broken.
        OSError: the system raised it.
    """
    h5py = _h5py()
    source = source or os.fspath(file)
    with reading(source), contextlib.ExitStack() as stack:
        if isinstance(file, (str, os.PathLike)):
            check_is_file(file, "an HDF5 file")
        try:
            handle = h5py.File(file, "r")
        except OSError as error:
            if is_of_the_system(error):
                raise
            raise FileContentError(
                f"{source!r} is not an HDF5 file, or it is cut off or broken ({error}). Copy or save it again."
            ) from error
        stack.enter_context(handle)
        stack.enter_context(heaps_of(file))
        part = _as_part(file, handle, source, stack)
        if part is not None:
            number = h5py.h5o.get_info(handle.id).fileno
            _parts[number] = part
            stack.callback(_parts.pop, number, None)
        yield handle


def _as_part(file: Any, handle: Any, source: str, stack: contextlib.ExitStack) -> FilePart | None:
    """Open what HDF5 has opened a second time, to read arrays without it; None if it is not the same file."""
    if isinstance(file, FilePart) or not isinstance(file, (str, os.PathLike)):
        return file if isinstance(file, FilePart) else None
    raw = stack.enter_context(open(file, "rb", buffering=0))
    with contextlib.suppress(OSError, ValueError):  # HDF5 has no handle to compare with on every system
        if os.path.sameopenfile(raw.fileno(), handle.id.get_vfd_handle()):
            return FilePart(raw, source=repr(source))
    return None


_parts: dict[int, FilePart] = {}
"""The files that are open, by HDF5's numbers of them."""


def part_of(dataset: Any) -> FilePart | None:
    """Return the file in which a dataset lies; None if it was opened in another way than by its name.

    Args:
        dataset: `h5py.Dataset`.
    """
    return _parts.get(_h5py().h5o.get_info(dataset.id).fileno) if _parts else None


def check_is_file(path: str | os.PathLike[str], what: str) -> None:
    """Make sure that a path leads to a plain file, before opening something else waits for ever.

    Raises:
        FileNotFoundError: there is nothing.
        FileContentError: it is a folder, pipe or device.
    """
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        raise FileNotFoundError(f"File not found: {os.fspath(path)!r}. Check the name and the folder.") from None
    if not stat.S_ISREG(mode):
        kind = "folder" if stat.S_ISDIR(mode) else "pipe, socket or device"
        raise FileContentError(f"{os.fspath(path)!r} is a {kind}, where {what} is expected.")


@contextlib.contextmanager
def new_h5(path: str | os.PathLike[str], late: LateArrays | None = None, **options: Any) -> Iterator[Any]:
    """Yield a new `h5py.File` to write to.

    Args:
        path: File; what it held goes away.
        late: Takes the weights, see `ArrayWriter.put`; who gives it writes them. By default they are written when the
            scope ends.
        options: Further arguments of `h5py.File`.

    Raises:
        OSError: it cannot be written, as when the disk is full.
    """
    file, own = _WatchedFile(path), LateArrays()
    try:
        with _h5py().File(file, "w", **options) as handle, (late or own).of(handle):
            yield handle
    except BaseException as error:
        if file.error is not None and file.error is not error:
            raise file.error from error
        raise
    finally:
        file.close()
    if file.error is not None:  # it came in a place where HDF5 goes on
        raise file.error
    own.write_into(path)


class _WatchedFile(io.RawIOBase):
    """A new binary file for HDF5 to write to, which keeps in mind the first error.

    HDF5 ends the process (a segmentation fault in close) when a file that it opened by name cannot be written. It
    survives an error of a Python file, and is not bothered with a second one.

    Args:
        path: File.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        super().__init__()
        self.error: BaseException | None = None
        self._file = open(path, "w+b")

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._watch(self._file.readinto, buffer)

    def write(self, data: Any) -> int:
        return self._watch(self._file.write, data)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return self._watch(self._file.seek, offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def truncate(self, size: int | None = None) -> int:
        return self._watch(self._file.truncate, size)

    def flush(self) -> None:
        if not self._file.closed:
            self._watch(self._file.flush)

    def close(self) -> None:
        """Close the file; an error is kept in :attr:`error`."""
        if not self.closed:
            with contextlib.suppress(OSError):
                self._watch(self._file.close)
            super().close()

    def _watch(self, act: Callable[..., Any], *arguments: Any) -> Any:
        try:
            return act(*arguments)
        except BaseException as error:
            if self.error is None:
                self.error = error
                raise
            return 0


def _h5py() -> Any:
    import h5py  # type: ignore[import-untyped]  # 0.1 s that only files need

    return h5py
