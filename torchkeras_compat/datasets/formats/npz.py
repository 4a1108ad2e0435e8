"""Arrays from ``.npz`` files, read without running anything."""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from torchkeras_compat.datasets.formats.safe_pickle import load_pickle
from torchkeras_compat.errors import FileContentError, FileLimitError
from torchkeras_compat.saving.reading import reading

_RATIO = 100  # of the size of the arrays to the size of the file
_SPARE_BYTES = 256 << 20
_MOST_MEMBERS = 1000


def read_npz(path: str | Path, names: Sequence[str]) -> list[np.ndarray[Any, Any]]:
    """Return arrays of a ``.npz`` file: of numbers, or one-dimensional ones of lists of integers.

    Args:
        path: The file.
        names: Names of the arrays.

    Raises:
        FileContentError: the file is broken, has no array of a name, or has one of something else.
        FileLimitError: the arrays are far larger than the file.
        OSError: the system raised it.

    Example:
        >>> import pathlib, tempfile
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "numbers.npz"
        >>> np.savez(path, x=np.arange(3))
        >>> read_npz(path, ["x"])
        [array([0, 1, 2])]

    Source: NumPy documentation, numpy.lib.format.
    """
    with reading(str(path)), zipfile.ZipFile(path) as file:
        members = {info.filename: info for info in file.infolist()}
        if len(members) > _MOST_MEMBERS:
            raise FileLimitError(f"It has {len(members)} members, and a dataset a few.")
        absent = [name for name in names if f"{name}.npy" not in members]
        if absent:
            raise FileContentError(
                f"It has no array {', '.join(absent)}, but {', '.join(sorted(members))[:200] or 'nothing'}. Give the"
                " file of this dataset."
            )
        largest = max(_SPARE_BYTES, _RATIO * Path(path).stat().st_size)
        size = sum(members[f"{name}.npy"].file_size for name in names)
        if size > largest:
            raise FileLimitError(f"Its arrays take {size:,} bytes, more than {_RATIO} times the file.")
        return [_array(name, file.read(f"{name}.npy")) for name in names]


def _array(name: str, data: bytes) -> np.ndarray[Any, Any]:
    stream = io.BytesIO(data)
    version = np.lib.format.read_magic(stream)
    readers = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
    if version not in readers:
        raise FileContentError(f"Array {name} has version {version} of the format; numbers need none.")
    shape, is_fortran, dtype = readers[version](stream)
    rest = memoryview(data)[stream.tell() :]
    if dtype == np.dtype(object):
        return _lists(name, load_pickle(bytes(rest)), shape)
    if dtype.kind not in "buif":
        raise FileContentError(f"Array {name} has dtype {dtype}, and a dataset has numbers.")
    if any(n < 0 for n in shape) or math.prod(shape) * dtype.itemsize != len(rest):
        raise FileContentError(f"Array {name} has shape {shape} and dtype {dtype}, but {len(rest):,} bytes.")
    flat = np.frombuffer(rest, dtype).astype(dtype.newbyteorder("="))
    return flat.reshape(shape, order="F" if is_fortran else "C")


def _lists(name: str, array: Any, shape: tuple[int, ...]) -> np.ndarray[Any, Any]:
    """An array of lists of integers, checked."""
    if not isinstance(array, np.ndarray) or array.shape != shape:
        raise FileContentError(f"Array {name} does not have the shape {shape} that it says.")
    if array.ndim == 2 and array.dtype.hasobject:  # NumPy writes lists of one length so
        rows = array.tolist()
        array = np.empty(len(rows), dtype=object)
        for i, row in enumerate(rows):
            array[i] = row
    if array.ndim != 1 or not array.dtype.hasobject:
        raise FileContentError(f"Array {name} has shape {array.shape} and dtype {array.dtype}, and should hold lists.")
    lists: np.ndarray[Any, Any] = array
    for i, element in enumerate(lists):
        if isinstance(element, np.ndarray) and element.ndim == 1 and element.dtype.kind in "iu":
            lists[i] = element = element.tolist()
        if not isinstance(element, list) or not set(map(type, element)) <= {int}:
            raise FileContentError(f"Array {name} holds something else than lists of integers at {i}.")
    return lists
