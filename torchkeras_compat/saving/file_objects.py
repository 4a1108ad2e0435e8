"""Models in open binary files, buffers and streams, in place of named files.

The position means what it does to `zipfile`: writing starts where the file stands and ends behind the archive; reading
takes a file whole, wherever it stands, and of a stream that cannot seek what is left. Nobody closes the file.
"""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from torchkeras_compat.errors import FileContentError
from torchkeras_compat.saving.contents import Content, content_of


def is_file_object(filepath: Any) -> bool:
    """Return whether this is an open file, or what behaves like one, and not the name of a file."""
    return not hasattr(filepath, "__fspath__") and any(callable(getattr(filepath, n, None)) for n in ("read", "write"))


@contextlib.contextmanager
def written_to(file: Any, zipped: bool | None = None) -> Iterator[str]:
    """Yield the name of a temporary `.keras` file; at the end its bytes are written to ``file``, and not before.

    Args:
        file: Binary file object to write to.
        zipped: What ``save_model`` was given.

    Raises:
        ValueError: it is a text file, or cannot be written, or a folder is asked for.
    """
    if zipped is False:
        raise ValueError(
            "With `zipped=False` a folder is written, which needs a name. Received a file object:"
            f" {type(file).__name__}. Leave `zipped` out, or give a name."
        )
    _check(file, "write", "wb")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.keras")
        yield str(path)
        with path.open("rb") as written:
            shutil.copyfileobj(written, file, 1 << 20)


@contextlib.contextmanager
def copied_from(file: Any) -> Iterator[str]:
    """Yield the name of a temporary copy of ``file``, with the ending that its content says.

    Args:
        file: Binary file object.

    Raises:
        ValueError: it is a text file, or cannot be read.
        FileContentError: it is neither a `.keras` file nor an HDF5 file.
    """
    _check(file, "read", "rb")
    if _can_seek(file):
        file.seek(0)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model")
        with path.open("wb") as copy:
            shutil.copyfileobj(file, copy, 1 << 20)
        content = content_of(os.fspath(path))
        ending = ".h5" if content is Content.HDF5 else ".keras" if zipfile.is_zipfile(path) else None
        if ending is None:
            with path.open("rb") as copy:
                start = copy.read(8)
            held = f"{path.stat().st_size} bytes that start with {start!r}" if start else "no bytes"
            known = f" ({content.value})" if content not in (Content.UNKNOWN, Content.EMPTY) else ""
            raise FileContentError(
                f"The file object {type(file).__name__} holds {held}{known}: neither a `.keras` zip file nor an HDF5"
                " file, or one that is cut off. Write it with `model.save(file)` first."
            )
        name = str(path.rename(path.with_suffix(ending)))
        try:
            yield name
        except (ValueError, OSError) as error:  # which name the copy
            shown = f"the file object {type(file).__name__}"
            error.args = tuple(
                arg.replace(repr(name), shown).replace(name, shown) if isinstance(arg, str) else arg
                for arg in error.args
            )
            raise


def _check(file: Any, what: str, mode: str) -> None:
    """Refuse a file object that is not binary, or not open for this."""
    if isinstance(file, io.TextIOBase) or isinstance(getattr(file, "encoding", None), str):
        raise ValueError(f"A model is bytes, and this is a text file: {file!r}. Open it with mode {mode!r}.")
    allows = getattr(file, {"read": "readable", "write": "writable"}[what], lambda: True)
    if getattr(file, "closed", False) or not callable(getattr(file, what, None)) or not allows():
        raise ValueError(f"Cannot {what} the file object {file!r}: open it, with mode {mode!r}, and leave it open.")


def _can_seek(file: Any) -> bool:
    seekable = getattr(file, "seekable", None)
    return bool(seekable()) if callable(seekable) else hasattr(file, "seek")
