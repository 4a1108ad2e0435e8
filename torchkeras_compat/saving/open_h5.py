"""HDF5 files, opened with errors that say which file, and what to do."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import Any

from torchkeras_compat.errors import FileContentError


@contextlib.contextmanager
def opened_h5(file: Any, source: str | None = None) -> Iterator[Any]:
    """Open an HDF5 file to read.

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
        if not os.path.exists(file):
            raise FileNotFoundError(f"File not found: {source!r}. Check the name and the folder.")
        if os.path.isdir(file):
            raise FileContentError(f"{source!r} is a folder, where an HDF5 file is expected.")
    try:
        handle = h5py.File(file, "r")
    except OSError as error:
        raise FileContentError(
            f"{source!r} is no HDF5 file, or it is cut off or broken ({error}). Copy or save it again."
        ) from error
    with handle:
        try:
            yield handle
        except FileContentError as error:
            if source in str(error):
                raise
            raise FileContentError(f"Cannot load {source!r}: {error}") from error
        except (RuntimeError, OSError) as error:
            if "h5py" not in _origin(error):
                raise
            raise FileContentError(f"{source!r} is broken ({error}). Copy or save it again.") from error


def new_h5(path: str | os.PathLike[str]) -> Any:
    """Return a new `h5py.File` to write to, a context manager."""
    return _h5py().File(path, "w")


def _h5py() -> Any:
    import h5py  # type: ignore[import-untyped]  # 0.1 s that only files need

    return h5py


def _origin(error: BaseException) -> str:
    """The file in which an error was raised."""
    trace, name = error.__traceback__, ""
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        trace = trace.tb_next
    return name
