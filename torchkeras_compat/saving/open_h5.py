"""HDF5 files, opened with errors that say which file, and what to do."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from typing import Any

from torchkeras_compat.errors import FileContentError
from torchkeras_compat.saving.reading import reading


@contextlib.contextmanager
def opened_h5(file: Any, source: str | None = None) -> Iterator[Any]:
    """Open an HDF5 file to read; what goes wrong inside the scope is an error of the file, see `reading`.

    Args:
        file: Path, or binary file object.
        source: Name for messages; the path by default.

    Raises:
        FileNotFoundError: there is no such file.
        FileContentError: it is no HDF5 file, or it is broken.
    """
    h5py = _h5py()
    source = source or os.fspath(file)
    if isinstance(file, (str, os.PathLike)):
        check_is_file(file, "an HDF5 file")
    with reading(source):
        try:
            handle = h5py.File(file, "r")
        except OSError as error:
            if isinstance(error, PermissionError):
                raise
            raise FileContentError(
                f"{source!r} is no HDF5 file, or it is cut off or broken ({error}). Copy or save it again."
            ) from error
        with handle:
            yield handle


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


def new_h5(path: str | os.PathLike[str]) -> Any:
    """Return a new `h5py.File` to write to, a context manager."""
    return _h5py().File(path, "w")


def _h5py() -> Any:
    import h5py  # type: ignore[import-untyped]  # 0.1 s that only files need

    return h5py
