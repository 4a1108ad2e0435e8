"""`HDF5Matrix`: rows of an array in an HDF5 file, read when they are asked for."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, ClassVar

import h5py  # type: ignore[import-untyped]
import numpy as np

from torchkeras_compat.errors import FileContentError, FileLimitError
from torchkeras_compat.saving.h5_checks import check_dataset
from torchkeras_compat.saving.open_h5 import check_is_file
from torchkeras_compat.saving.reading import reading

Array = np.ndarray[Any, Any]


class HDF5Matrix:
    """Rows of an array in an HDF5 file, which stand where an array may: they are read a batch at a time.

    The file stays open until the program ends; all matrices of one file share it. Nothing is read from other files that
    it points to.

    Args:
        datapath: The HDF5 file.
        dataset: Name of the array in it.
        start: First row that belongs to the matrix.
        end: Row after the last; None for the end.
        normalizer: Function of rows that is called for all that is read; its rows have the same number.

    Attributes:
        refs: Open files by their path.
        data: The ``h5py.Dataset``.

    Raises:
        FileNotFoundError: there is no such file.
        FileContentError: it is not an HDF5 file, or has no such array in itself.
        ValueError: ``start`` and ``end`` are not rows of the array.

    Example:
        >>> import h5py, pathlib, tempfile
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "data.h5"
        >>> with h5py.File(path, "w") as file:
        ...     file["x"] = np.arange(10.0).reshape(5, 2)
        >>> rows = HDF5Matrix(path, "x", start=1, normalizer=lambda x: x / 2)
        >>> rows.shape, rows[0:2].tolist()
        ((4, 2), [[1.0, 1.5], [2.0, 2.5]])

    Source: Keras 2.3 API, utils/io_utils.
    """

    refs: ClassVar[dict[str, Any]] = {}
    reads_rows = True  # for `data.sliced_rows`: never asked for whole by `fit`

    def __init__(
        self,
        datapath: str | os.PathLike[str],
        dataset: str,
        start: int = 0,
        end: int | None = None,
        normalizer: Callable[[Any], Any] | None = None,
    ) -> None:
        path = os.path.abspath(os.fspath(datapath))
        self.data = _dataset(_opened(path), dataset, path)
        rows = self.data.shape[0]
        self.start = start
        self.end = rows if end is None else end
        if not 0 <= self.start <= self.end <= rows:
            raise ValueError(f"`start` and `end` are among the {rows} rows. Received: start={start}, end={end}")
        self.normalizer = normalizer
        first = self._normalized(self.data[0:1])
        self._base_shape = tuple(first.shape[1:])
        self._base_dtype = first.dtype

    def __len__(self) -> int:
        return self.end - self.start

    def __getitem__(self, key: Any) -> Any:
        """Return rows.

        Args:
            key: An int, a slice, or an increasing list or array of ints; negative ones count from the end.

        Raises:
            IndexError: there are fewer rows.
        """
        if isinstance(key, slice):
            first, last, step = key.indices(len(self))
            if step < 1:
                raise IndexError(f"Rows of an HDF5 file are read forwards. Received: {key}")
            return self._normalized(self.data[self.start + first : self.start + max(first, last) : step])
        places = np.asarray(key)
        if places.dtype == bool:
            places = np.flatnonzero(places)
        if places.size and not (-len(self) <= places.min() and places.max() < len(self)):
            raise IndexError(f"There are {len(self)} rows. Received places from {places.min()} to {places.max()}.")
        places = np.where(places < 0, places + len(self), places) + self.start
        return self._normalized(self.data[int(places) if not places.ndim else places.tolist()])

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        return np.asarray(self[:], dtype=dtype)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the rows."""
        return (len(self), *self._base_shape)

    @property
    def dtype(self) -> Any:
        """Dtype of the rows."""
        return self._base_dtype

    @property
    def ndim(self) -> int:
        """Number of axes, that of the rows included."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """Number of values."""
        return int(np.prod(self.shape))

    def _normalized(self, rows: Any) -> Any:
        return rows if self.normalizer is None else self.normalizer(rows)


def _opened(path: str) -> Any:
    """Return an open file, which others of this path share."""
    known = HDF5Matrix.refs.get(path)
    if known:  # one that somebody has closed is false
        return known
    check_is_file(path, "an HDF5 file")
    with reading(path):
        HDF5Matrix.refs[path] = h5py.File(path, "r")
    return HDF5Matrix.refs[path]


def _dataset(file: Any, name: str, path: str) -> Any:
    """Return an array of a file, and of no other that it points to."""
    with reading(path):
        group: Any = file
        for part in name.strip("/").split("/"):
            link = group.get(part, getlink=True) if isinstance(group, h5py.Group) else None
            if not isinstance(link, h5py.HardLink):
                raise FileContentError(
                    f"{path!r} has no array {name!r} of its own. At its top it has: {list(file)[:20]}"
                )
            group = group[part]
        if not isinstance(group, h5py.Dataset) or not group.ndim:
            raise FileContentError(f"{name!r} in {path!r} is not an array of rows.")
        try:
            check_dataset(group)
        except FileLimitError:  # rows are read a few at a time, however well they are packed
            pass
    return group
