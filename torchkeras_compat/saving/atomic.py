"""Files that appear whole or not at all, and errors of a full disk that say what to do."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import functools
import hashlib
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from torchkeras_compat.saving.locks import FileLock, LockHeldError

_LOCK, OLD = ".lock", ".old"
_QUOTA = getattr(errno, "EDQUOT", -1)
_FULL = (errno.ENOSPC, errno.EFBIG, _QUOTA)
_LIMITS = {errno.EFBIG: ", or raise the limit on the size of files", _QUOTA: ", or raise the quota"}


@contextlib.contextmanager
def written_whole(path: str | os.PathLike[str], needed: Callable[[], int] | None = None) -> Iterator[Path]:
    """Yield the name of a file that is to be written; it takes the place of ``path`` at the end, all at once.

    The file lies in a temporary folder beside ``path``, where further temporary files may lie. An error leaves what
    was at ``path`` as it was, and nothing beside it; what killed processes left is removed.

    Args:
        path: File to write.
        needed: Returns how many bytes will be written at least, for the message when the disk is full.

    Raises:
        ValueError: its folder does not exist, or ``path`` is a folder or a device.
        OSError: it cannot be written: the disk is full, or the folder read-only.

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
    if target.exists() and not target.is_file():
        raise ValueError(f"Cannot write the file {os.fspath(path)!r}: it is not an ordinary file. Choose another name.")
    with saying_what_is_full(path, needed), work_folder(target) as folder:
        temporary = folder / target.name
        yield temporary
        sync(temporary)
        _keep_owner_and_mode(target, temporary)
        os.replace(temporary, target)
        sync(target.parent)


@contextlib.contextmanager
def folder_written_whole(path: str | os.PathLike[str], needed: Callable[[], int] | None = None) -> Iterator[Path]:
    """Yield a new folder that takes the place of ``path`` at the end.

    Args:
        path: Folder to write; what it held goes away.
        needed: As for :func:`written_whole`.

    Raises:
        ValueError: the folder around it does not exist, or ``path`` is a file.
        OSError: it cannot be written.
    """
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_dir():
        raise ValueError(f"Cannot write the folder {os.fspath(path)!r}: it is a file. Choose another name.")
    with saying_what_is_full(path, needed), work_folder(target, functools.partial(_put_back, target)) as folder:
        temporary = folder / target.name
        temporary.mkdir()
        yield temporary
        for part in (*temporary.rglob("*"), temporary):
            if not part.is_symlink():
                sync(part)
        if target.exists():
            _keep_owner_and_mode(target, temporary)
        if not _exchange(temporary, target):
            try:
                if target.exists():
                    os.replace(target, folder / OLD)
                os.replace(temporary, target)
            except BaseException:
                _put_back(target, folder)
                raise
        sync(target.parent)


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change places at once; return False where that is not possible, and two steps are needed."""
    if not sys.platform.startswith("linux") or not other.exists():
        return False
    rename = getattr(ctypes.CDLL(None), "renameat2", None)
    if rename is None:
        return False
    at_the_working_folder, exchange = -100, 2  # of linux/fcntl.h and linux/fs.h
    names = os.fsencode(one), os.fsencode(other)
    return bool(rename(at_the_working_folder, names[0], at_the_working_folder, names[1], exchange) == 0)


def _put_back(target: Path, folder: Path) -> None:
    """Put an older folder back that was taken away, and no new one placed."""
    if (folder / OLD).exists() and not target.exists():
        os.replace(folder / OLD, target)


@contextlib.contextmanager
def work_folder(target: Path, on_leftover: Callable[[Path], None] | None = None) -> Iterator[Path]:
    """Yield a temporary folder beside ``target``, gone at the end; first remove those that killed processes left.

    Args:
        target: What will be written, no link.
        on_leftover: Called with the folder of a killed process before it is removed.

    Raises:
        ValueError: the folder around ``target`` does not exist.
    """
    if not target.parent.is_dir():
        raise ValueError(
            f"Cannot write {os.fspath(target)!r}: the folder {os.fspath(target.parent)!r} does not exist. Make it"
            " first, or choose another."
        )
    remove_leftovers(target, on_leftover)
    folder, lock = _new_folder(target)
    try:
        yield folder
    finally:
        _remove(folder, lock)


@contextlib.contextmanager
def saying_what_is_full(path: str | os.PathLike[str], needed: Callable[[], int] | None = None) -> Iterator[None]:
    """Let the error of a full disk name the file, the bytes and the way out.

    Args:
        path: What is written.
        needed: Returns how many bytes will be written at least.
    """
    try:
        yield
    except OSError as error:
        if error.errno is None or error.errno not in _FULL:
            raise
        facts = ""
        with contextlib.suppress(Exception):  # whatever a model cannot say, this is the error
            facts += f"At least {needed():,} bytes are needed; " if needed is not None else ""
        with contextlib.suppress(OSError):
            facts += f"{shutil.disk_usage(Path(os.path.realpath(path)).parent).free:,} bytes are free there. "
        raise OSError(
            error.errno,
            f"{os.strerror(error.errno)}: the file cannot be written. {facts}What was there is as it was. Free space on"
            f" that disk{_LIMITS.get(error.errno, '')}, or choose another one, to write",
            os.fspath(path),
        ) from error


def sync(path: Path) -> None:
    """Let what was written to a file or folder reach the disk.

    Raises:
        OSError: a file cannot be written after all: network file systems say only now that they are full.
    """
    if path.is_dir():
        with contextlib.suppress(OSError):  # not every system can
            handle = os.open(path, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
        return
    with path.open("rb+" if sys.platform == "win32" else "rb") as written:
        os.fsync(written.fileno())


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


def _prefix(target: Path) -> str:
    name = target.name
    if len(name) > 60:  # names of folders are not longer than those of files may be
        name = f"{name[:44]}~{hashlib.sha256(os.fsencode(name)).hexdigest()[:16]}"  # 61 letters: no short name
    return f".{name}."


def _leftovers_of(target: Path) -> list[Path]:
    """The folders that `tempfile.mkdtemp` made for ``target``, and not those for ``target.v2``."""
    own = re.compile(re.escape(_prefix(target)) + r"[a-z0-9_]{8}\.tmp")
    with os.scandir(target.parent) as entries:
        return [Path(entry.path) for entry in entries if own.fullmatch(entry.name)]


def _new_folder(target: Path) -> tuple[Path, FileLock]:
    while True:
        folder = Path(tempfile.mkdtemp(dir=target.parent, prefix=_prefix(target), suffix=".tmp"))
        try:
            return folder, FileLock(folder / _LOCK)
        except (FileNotFoundError, LockHeldError):  # another process took it, still without lock, for one left behind
            continue
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise


def remove_leftovers(target: Path, on_leftover: Callable[[Path], None] | None = None) -> None:
    """Remove the temporary folders that killed processes left beside ``target``.

    Args:
        target: As for :func:`work_folder`.
        on_leftover: As for :func:`work_folder`.
    """
    for folder in _leftovers_of(target):
        if folder.is_symlink() or not folder.is_dir():
            continue
        with contextlib.suppress(LockHeldError, OSError):
            if not (folder / _LOCK).exists():
                folder.rmdir()  # killed right after it was made; what is not empty is somebody else's
                continue
            lock = FileLock(folder / _LOCK)
            if not lock.is_certain:
                lock.release(remove=False)
                continue
            try:
                if on_leftover is not None:
                    on_leftover(folder)
            except OSError:  # what it should save stays where it is
                lock.release()
                continue
            _remove(folder, lock)


def _remove(folder: Path, lock: FileLock) -> None:
    """Remove a temporary folder, its lock last: what is left when the process is killed here is known as left."""
    with contextlib.suppress(OSError):
        for part in list(folder.iterdir()):
            if part.is_dir() and not part.is_symlink():
                shutil.rmtree(part, ignore_errors=True)
            elif part.name != _LOCK:
                part.unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        lock.release()
        folder.rmdir()


def _keep_owner_and_mode(target: Path, new: Path) -> None:
    """Give what is new the permissions of what it replaces, and its owner where that is allowed."""
    if not target.exists():
        return
    old = target.stat()
    if hasattr(os, "chown") and (old.st_uid, old.st_gid) != (new.stat().st_uid, new.stat().st_gid):
        with contextlib.suppress(OSError):
            os.chown(new, old.st_uid, old.st_gid)
    new.chmod(old.st_mode & 0o7777)
