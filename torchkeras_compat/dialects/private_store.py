"""``H5IOStore``: arrays by path in an HDF5 file, as packages on Keras 3 write and read adapters of their own."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Iterator
from typing import Any

from torchkeras_compat.saving.open_h5 import new_h5, opened_h5
from torchkeras_compat.saving.stores import ArrayReader, ArrayWriter, child


class H5IOStore:
    """Arrays by path and key, in an HDF5 file.

    Args:
        path_or_io: Name of the file, or an ``io.BytesIO``.
        archive: None; Keras's files are read and written by ``save_model`` and ``load_model``.
        mode: ``"r"`` to read, ``"w"`` to write.

    Raises:
        ValueError: ``mode`` is another, or an archive is given.
        TypeError: ``path_or_io`` is neither a name nor an ``io.BytesIO``.
        FileContentError: the file is not an HDF5 file, or its arrays lie outside it.

    Example:
        >>> import io, numpy
        >>> file = io.BytesIO()
        >>> with H5IOStore(file, mode="w") as store:
        ...     store.make("adapter")["rank"] = numpy.array(4)
        >>> with H5IOStore(file) as store:
        ...     int(store.get("adapter")["rank"])
        4
    """

    def __init__(self, path_or_io: Any, archive: Any = None, mode: str = "r") -> None:
        if mode not in ("r", "w"):
            raise ValueError(f"`mode` should be either 'w' or 'r'. Received: {mode}")
        if archive is not None:
            raise ValueError("`archive` is not supported. Use `keras.saving.save_model` for `.keras` files.")
        if not isinstance(path_or_io, (str, os.PathLike, io.BytesIO)):
            raise TypeError(
                "`path_or_io` should be a `str`, `pathlib.Path` or `io.BytesIO` object. Received:"
                f" path_or_io={path_or_io} of type {type(path_or_io)}"
            )
        self.mode = mode
        self._open = contextlib.ExitStack()
        self._file = self._open.enter_context(_file(path_or_io, mode))

    def make(self, path: str, metadata: dict[str, Any] | None = None) -> ArrayWriter:
        """Return what takes arrays at a new place.

        Args:
            path: Names joined by ``/``.
            metadata: Attributes of the place.
        """
        group = self._file.require_group(f"{path}/vars" if path else "vars")
        for key, value in (metadata or {}).items():
            group.attrs[key] = value
        return ArrayWriter(group)

    def get(self, path: str) -> ArrayReader:
        """Return the arrays at a place; none if there is no such place.

        Raises:
            FileContentError: the place is a link or no group.
        """
        group = self._file
        for part in [*path.split("/"), "vars"] if path else ["vars"]:
            group = child(group, part) if group is not None else None
        return ArrayReader(group)

    def close(self) -> None:
        """Close the file."""
        self._open.close()

    def __enter__(self) -> H5IOStore:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()


@contextlib.contextmanager
def _file(path_or_io: Any, mode: str) -> Iterator[Any]:
    """Open a file, or the bytes of an ``io.BytesIO``."""
    if not isinstance(path_or_io, io.BytesIO):
        with new_h5(path_or_io) if mode == "w" else opened_h5(path_or_io) as file:
            yield file
        return
    if mode == "r":
        path_or_io.seek(0)
        with opened_h5(path_or_io, "the given BytesIO") as file:
            yield file
        return
    import h5py  # type: ignore[import-untyped]  # 0.1 s that only files need

    with h5py.File(path_or_io, "w") as file:
        yield file
