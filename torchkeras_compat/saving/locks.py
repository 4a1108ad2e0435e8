"""Locks that end with the process that holds them, however it ends."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

# A lock of the operating system is one of the whole process (so that forked workers, which outlive a killed parent for
# a while, do not hold it): between the threads of this process, this table decides.
_held: dict[tuple[int, str], object] = {}


class FileLock:
    """A lock on a file, which only one process, and one place in it, holds at a time.

    A file that a killed process left behind is free, whoever has its process number now.

    Args:
        path: Name of the file, in an existing folder; made if it does not exist.

    Attributes:
        is_certain: False where the file system has no locks, so that nothing is known of other processes.

    Raises:
        LockHeldError: somebody holds it.
        OSError: the file cannot be made.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp(), "lock")
        >>> lock = FileLock(path)
        >>> FileLock(path)
        Traceback (most recent call last):
        torchkeras_compat.saving.locks.LockHeldError: ...
        >>> lock.release()
        >>> path.exists()
        False
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._key = (os.getpid(), os.path.realpath(path))
        # Asked before the file is opened: closing any handle of it would end the lock of this process.
        if _held.setdefault(self._key, self) is not self:
            raise LockHeldError(f"this process ({os.getpid()})")
        try:
            self._handle, self.is_certain = self._take()
        except BaseException:
            del _held[self._key]
            raise

    def _take(self) -> tuple[int, bool]:
        while True:
            handle = os.open(self.path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o666)
            is_ours = False
            try:
                is_certain = _lock(handle)
                is_ours = os.fstat(handle).st_nlink > 0  # else its holder has just ended and removed it
                if is_ours:
                    return handle, is_certain
            except BlockingIOError:
                owner = os.pread(handle, 100, 0).decode(errors="replace") if hasattr(os, "pread") else ""
                raise LockHeldError(f"process {owner}" if owner else "another process") from None
            finally:
                if not is_ours:
                    os.close(handle)

    def sign(self) -> None:
        """Write into the file which process holds it, for the messages of others."""
        try:
            os.ftruncate(self._handle, 0)
            os.write(self._handle, str(os.getpid()).encode())
        except OSError:
            pass  # a full disk; the lock holds without it

    def release(self, remove: bool = True) -> None:
        """End the lock, and remove the file.

        Args:
            remove: False if the file has been removed already, or has another place by now.
        """
        if self._key[0] != os.getpid():
            return  # inherited by a fork: it is the parent's
        try:
            if remove and sys.platform != "win32":
                self.path.unlink(missing_ok=True)  # before the lock ends, so that nobody takes it in between
        finally:
            os.close(self._handle)
            _held.pop(self._key, None)
        if remove and sys.platform == "win32":
            self.path.unlink(missing_ok=True)


class LockHeldError(Exception):
    """A lock is held; the message is the holder."""


def _lock(handle: int) -> bool:
    """Lock an open file; return False where the file system cannot.

    Raises:
        BlockingIOError: another process has the lock.
    """
    try:
        if sys.platform == "win32":
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EACCES, errno.EAGAIN, errno.EDEADLK):
            raise BlockingIOError from None
        return False
    return True
