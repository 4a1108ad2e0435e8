"""Files that appear whole or not at all."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def written_whole(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Yield a temporary path beside ``path``; what is written there takes its place at the end, all at once.

    An error leaves what was at ``path`` as it was, and nothing beside it.

    Args:
        path: File to write.

    Raises:
        ValueError: its folder does not exist, or ``path`` is a folder.

    Example:
        >>> folder = tempfile.mkdtemp()
        >>> with written_whole(f"{folder}/a.txt") as temporary:
        ...     _ = temporary.write_text("done")
        >>> os.listdir(folder)
        ['a.txt']
    """
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise ValueError(f"Cannot write the file {os.fspath(path)!r}: it is a folder. Choose another name.")
    if not target.parent.is_dir():
        raise ValueError(
            f"Cannot write {os.fspath(path)!r}: the folder {os.fspath(target.parent)!r} does not exist. Make it first,"
            " or choose another."
        )
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".tmp")
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        with temporary.open("rb") as written:
            os.fsync(written.fileno())
        os.chmod(temporary, _mode(target))
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def folder_written_whole(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Yield a temporary folder beside ``path`` that takes its place at the end.

    Args:
        path: Folder to write; what it held goes away.

    Raises:
        ValueError: the folder around it does not exist, or ``path`` is a file.
    """
    target = Path(os.path.realpath(path))
    if target.is_file():
        raise ValueError(f"Cannot write the folder {os.fspath(path)!r}: it is a file. Choose another name.")
    if not target.parent.is_dir():
        raise ValueError(f"Cannot write {os.fspath(path)!r}: the folder around it does not exist. Make it first.")
    temporary = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}.", suffix=".tmp"))
    old = temporary.with_suffix(".old")
    try:
        yield temporary
        temporary.chmod(0o777 & ~_umask())
        if target.exists():
            os.replace(target, old)
        os.replace(temporary, target)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def check_overwrite(path: str | os.PathLike[str], overwrite: bool) -> None:
    """Make sure that ``path`` may be written.

    Args:
        path: File or folder.
        overwrite: Whether it may exist; if not, the user is asked, where there is a terminal to ask on.

    Raises:
        FileExistsError: it exists, and may not be replaced.
    """
    if overwrite or not os.path.exists(path):
        return
    question = f"[WARNING] {os.fspath(path)} already exists - overwrite? [y/n] "
    if sys.stdin is not None and sys.stdin.isatty() and input(question).strip().lower() in ("y", "yes"):
        return
    raise FileExistsError(
        f"{os.fspath(path)!r} exists, and `overwrite=False` keeps it. Choose another name, or pass `overwrite=True`."
    )


def _mode(target: Path) -> int:
    """The permissions of the file that is replaced, or those of any new file."""
    return target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
