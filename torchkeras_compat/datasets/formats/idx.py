"""Arrays of bytes from files in the IDX format, gzipped or not: those of MNIST and Fashion-MNIST."""

from __future__ import annotations

import gzip
import math
from pathlib import Path
from typing import Any

import numpy as np

from torchkeras_compat.errors import FileContentError
from torchkeras_compat.saving.reading import reading

_UNSIGNED_BYTES = 8
_LARGEST = 256 << 20  # bytes


def read_idx(path: str | Path, axes: int) -> np.ndarray[Any, Any]:
    """Return the array of an IDX file, uint8.

    Args:
        path: The file.
        axes: Number of axes that it must have.

    Raises:
        FileContentError: the file is broken, or has an array of another kind.
        OSError: the system raised it.

    Example:
        >>> import pathlib, tempfile
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "labels-idx1-ubyte"
        >>> _ = path.write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 2, 7, 9]))
        >>> read_idx(path, axes=1)
        array([7, 9], dtype=uint8)

    Source: LeCun, Cortes and Burges, The MNIST database, "File formats".
    """
    with reading(str(path)):
        with open(path, "rb") as raw:
            is_zipped = raw.read(2) == b"\x1f\x8b"
        with gzip.open(path) if is_zipped else open(path, "rb") as file:
            header = file.read(4 + 4 * axes)
            if len(header) != 4 + 4 * axes or header[:4] != bytes([0, 0, _UNSIGNED_BYTES, axes]):
                raise FileContentError(f"It is not an IDX file of unsigned bytes with {axes} axes.")
            shape = tuple(int(n) for n in np.frombuffer(header, ">u4", offset=4))
            size = math.prod(shape)
            values = file.read(min(size, _LARGEST) + 1)
        if len(values) != size:
            raise FileContentError(
                f"It says shape {shape}, but does not have as many bytes. Copy or download it again."
            )
        return np.frombuffer(values, np.uint8).reshape(shape).copy()
