"""One array in an HDF5 file: `save_array` and `load_array` of Keras 1."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from torchkeras_compat.errors import FileContentError
from torchkeras_compat.saving.h5_checks import check_dataset, holds_numbers
from torchkeras_compat.saving.open_h5 import new_h5, opened_h5

_NAME = "data"  # as Keras 1, by PyTables, called it


def save_array(array: Any, name: str | os.PathLike[str]) -> None:
    """Write an array as the only one of an HDF5 file.

    Args:
        array: The array.
        name: Path of the file; what it held goes away.

    Raises:
        OSError: it cannot be written.

    Source: Keras 1.2 API, utils/io_utils.
    """
    with new_h5(name) as file:
        file.create_dataset(_NAME, data=np.asarray(array))


def load_array(name: str | os.PathLike[str]) -> np.ndarray[Any, Any]:
    """Return the array that ``save_array`` wrote, here or in Keras 1.

    Args:
        name: Path of the file.

    Raises:
        FileNotFoundError: there is no such file.
        FileContentError: it is not an HDF5 file, or has no such array of numbers in itself.
        FileLimitError: the array claims far more than the file stores.

    Example:
        >>> import pathlib, tempfile
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "a.h5"
        >>> save_array([1, 2], path)
        >>> load_array(path).tolist()
        [1, 2]

    Source: Keras 1.2 API, utils/io_utils.
    """
    with opened_h5(name) as file:
        link = file.get(_NAME, getlink=True)
        array = file[_NAME] if type(link).__name__ == "HardLink" else None
        if array is None or not hasattr(array, "dtype") or not holds_numbers(array):
            raise FileContentError(f"{os.fspath(name)!r} has no array of numbers {_NAME!r}.")
        check_dataset(array)
        return np.asarray(array[()])
