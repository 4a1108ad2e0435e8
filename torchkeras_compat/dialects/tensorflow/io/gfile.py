"""``tf.io.gfile``: files and directories of this computer, under TensorFlow's names."""

from __future__ import annotations

import glob as python_glob
import io
import os
import shutil
from collections.abc import Iterator
from typing import Any

from torchkeras_compat.dialects.tensorflow.errors import AlreadyExistsError, NotFoundError, UnimplementedError

_MODES = ("r", "w", "a", "r+", "w+", "a+")


class GFile:
    """A file, opened when it is first used.

    Args:
        name: Path.
        mode: ``"r"``, ``"w"``, ``"a"``, with ``"b"`` for bytes and ``"+"`` for reading and writing.

    Raises:
        ValueError: another mode.
        NotFoundError: later, the file to read is not there.
        UnimplementedError: a path on a network, such as ``gs://``.

    Example:
        >>> import os, tempfile
        >>> path = os.path.join(tempfile.mkdtemp(), "a.txt")
        >>> with GFile(path, "w") as file:
        ...     file.write("one line")
        >>> GFile(path).read()
        'one line'

    Source: TensorFlow API, io/gfile/GFile.
    """

    def __init__(self, name: Any, mode: str = "r") -> None:
        if mode.replace("b", "") not in _MODES:
            raise ValueError(f"`mode` must be one of {', '.join(_MODES)}, with or without 'b'. Received: {mode!r}")
        self._name = local(name)
        self._mode = mode
        self._opened: Any = None

    @property
    def name(self) -> str:
        """The path."""
        return self._name

    @property
    def mode(self) -> str:
        """How the file is opened."""
        return self._mode

    def size(self) -> int:
        """Return the size in bytes."""
        return stat(self._name).length

    def read(self, n: int = -1) -> Any:
        """Return the next ``n`` characters, or bytes in mode ``"b"``; -1 for all."""
        return self._file().read(n)

    def readline(self) -> Any:
        """Return the next line, with its end."""
        return self._file().readline()

    def readlines(self) -> list[Any]:
        """Return the lines that are left."""
        found: list[Any] = self._file().readlines()
        return found

    def write(self, file_content: Any) -> None:
        """Write text, or bytes in mode ``"b"``."""
        if "b" in self._mode and isinstance(file_content, str):
            file_content = file_content.encode()
        elif "b" not in self._mode and isinstance(file_content, bytes):
            file_content = file_content.decode()
        self._file().write(file_content)

    def seek(self, offset: int = 0, whence: int = 0) -> None:
        """Go to a place in the file."""
        self._file().seek(offset, whence)

    def tell(self) -> int:
        """Return the place in the file."""
        return int(self._file().tell())

    def seekable(self) -> bool:
        """Return True."""
        return True

    def flush(self) -> None:
        """Let what was written be seen by readers."""
        if self._opened is not None:
            self._opened.flush()

    def close(self) -> None:
        """Close the file."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def __enter__(self) -> GFile:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def __iter__(self) -> Iterator[Any]:
        return iter(self._file())

    def __del__(self) -> None:
        if getattr(self, "_opened", None) is not None:
            self._opened.close()

    def _file(self) -> Any:
        if self._opened is None:
            try:
                self._opened = open(self._name, self._mode, encoding=None if "b" in self._mode else "utf-8")
            except FileNotFoundError as error:
                raise NotFoundError(f"{self._name}; No such file or directory") from error
        return self._opened


class FileStatistics:
    """What the system says of a file: ``length`` in bytes, ``mtime_nsec``, ``is_directory``."""

    def __init__(self, length: int, mtime_nsec: int, is_directory: bool) -> None:
        self.length = length
        self.mtime_nsec = mtime_nsec
        self.is_directory = is_directory


def local(path: Any) -> str:
    """Return a path as a string.

    Raises:
        UnimplementedError: it lies on a network: ``gs://``, ``s3://``, ``hdfs://``.
    """
    if hasattr(path, "numpy"):
        path = path.numpy()
    text = os.fsdecode(path)
    scheme, separator, rest = text.partition("://")
    if separator and scheme == "file":
        return rest
    if separator and scheme.isalnum():
        raise UnimplementedError(
            f"File system scheme '{scheme}' not implemented (file: {text!r}): files are read from this computer only. "
            "Copy it here first."
        )
    return text


def exists(path: Any) -> bool:
    """Return whether a file or directory is there."""
    return os.path.exists(local(path))


def isdir(path: Any) -> bool:
    """Return whether a path is a directory."""
    return os.path.isdir(local(path))


def glob(pattern: Any) -> list[str]:
    """Return the paths that match a pattern, or one of a list of patterns, sorted.

    ``*`` and ``?`` match within a name, ``[...]`` one of some characters; a name that begins with a dot only if the
    pattern says so.
    """
    patterns = pattern if isinstance(pattern, (list, tuple)) else [pattern]
    return [path for one in patterns for path in sorted(python_glob.glob(local(one)))]


def listdir(path: Any) -> list[str]:
    """Return the names in a directory.

    Raises:
        NotFoundError: there is no such directory.
    """
    place = local(path)
    if not os.path.isdir(place):
        raise NotFoundError(f"Could not find directory {place}")
    return sorted(os.listdir(place))


def mkdir(path: Any) -> None:
    """Make a directory; its parent has to exist.

    Raises:
        NotFoundError: the parent does not exist.
        AlreadyExistsError: the directory does.
    """
    place = local(path)
    try:
        os.mkdir(place)
    except FileNotFoundError as error:
        raise NotFoundError(f"{place}; No such file or directory") from error
    except FileExistsError as error:
        raise AlreadyExistsError(f"{place}; File exists") from error


def makedirs(path: Any) -> None:
    """Make a directory and its parents, as far as they do not exist."""
    os.makedirs(local(path), exist_ok=True)


def remove(path: Any) -> None:
    """Remove a file.

    Raises:
        NotFoundError: there is none.
    """
    place = local(path)
    try:
        os.remove(place)
    except FileNotFoundError as error:
        raise NotFoundError(f"{place}; No such file or directory") from error


def rmtree(path: Any) -> None:
    """Remove a directory with all that is in it.

    Raises:
        NotFoundError: there is none.
    """
    place = local(path)
    if not os.path.exists(place):
        raise NotFoundError(f"{place}; No such file or directory")
    shutil.rmtree(place)


def copy(src: Any, dst: Any, overwrite: bool = False) -> None:
    """Copy a file.

    Raises:
        NotFoundError: ``src`` does not exist.
        AlreadyExistsError: ``dst`` exists, and ``overwrite`` is False.
    """
    source, target = local(src), local(dst)
    _check_target(source, target, overwrite)
    shutil.copyfile(source, target)


def rename(src: Any, dst: Any, overwrite: bool = False) -> None:
    """Rename or move a file or directory.

    Raises:
        NotFoundError: ``src`` does not exist.
        AlreadyExistsError: ``dst`` exists, and ``overwrite`` is False.
    """
    source, target = local(src), local(dst)
    _check_target(source, target, overwrite)
    os.replace(source, target)


def stat(path: Any) -> FileStatistics:
    """Return what the system says of a file.

    Raises:
        NotFoundError: there is none.
    """
    place = local(path)
    try:
        found = os.stat(place)
    except FileNotFoundError as error:
        raise NotFoundError(f"{place}; No such file or directory") from error
    return FileStatistics(found.st_size, found.st_mtime_ns, os.path.isdir(place))


def walk(top: Any, topdown: bool = True, onerror: Any = None) -> Iterator[tuple[str, list[str], list[str]]]:
    """Yield path, directories and files of each directory below ``top``.

    Args:
        top: Where to begin.
        topdown: Whether a directory comes before those in it.
        onerror: Called with the error where a directory cannot be read.
    """
    return os.walk(local(top), topdown=topdown, onerror=onerror)


def join(path: Any, *paths: Any) -> str:
    """Return paths joined by the separator of the system."""
    return os.path.join(local(path), *map(local, paths))


def get_registered_schemes() -> list[str]:
    """Return the kinds of paths that can be read: those of this computer."""
    return ["", "file"]


def open_to_read(path: Any) -> io.BufferedReader:
    """Return a file opened to read bytes.

    Raises:
        NotFoundError: there is none.
    """
    place = local(path)
    try:
        return open(place, "rb")
    except FileNotFoundError as error:
        raise NotFoundError(f"{place}; No such file or directory") from error


def _check_target(source: str, target: str, overwrite: bool) -> None:
    if not os.path.exists(source):
        raise NotFoundError(f"{source}; No such file or directory")
    if not overwrite and os.path.exists(target):
        raise AlreadyExistsError(f"file already exists: {target}. Pass `overwrite=True` to replace it.")
