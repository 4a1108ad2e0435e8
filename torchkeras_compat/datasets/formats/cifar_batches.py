"""The files of CIFAR-10 and CIFAR-100 in their versions for Python: dicts with pictures and labels."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from torchkeras_compat.datasets.formats.safe_pickle import load_pickle
from torchkeras_compat.errors import FileContentError, FileLimitError
from torchkeras_compat.saving.reading import reading

_LARGEST = 512 << 20  # bytes
_PICTURE = (3, 32, 32)


def read_batch(path: str | Path, key: str, classes: int) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return pictures ``(samples, 32, 32, 3)``, uint8, and labels ``(samples, 1)``, int64.

    Args:
        path: The file, such as ``data_batch_1``.
        key: Name of the labels in it.
        classes: Labels must be below this.

    Raises:
        FileContentError: the file is broken, or holds something else.
        FileLimitError: it is far larger than those of CIFAR.
        OSError: the system raised it.

    Source: Krizhevsky, The CIFAR-10 dataset, "Dataset layout".
    """
    with reading(str(path)):
        size = Path(path).stat().st_size
        if size > _LARGEST:
            raise FileLimitError(f"It has {size:,} bytes, more than {_LARGEST:,}.")
        content = load_pickle(Path(path).read_bytes())
        if not isinstance(content, dict):
            raise FileContentError("It does not hold a dict.")
        content = {name.decode("latin-1") if isinstance(name, bytes) else name: v for name, v in content.items()}
        pictures, labels = content.get("data"), content.get(key)
        if isinstance(labels, np.ndarray) and labels.ndim == 1:
            labels = labels.tolist()
        if not isinstance(labels, list) or any(type(label) is not int or not 0 <= label < classes for label in labels):
            raise FileContentError(f"It has no list {key!r} of integers from 0 to {classes - 1}.")
        pixels = int(np.prod(_PICTURE))
        if (
            not isinstance(pictures, np.ndarray)
            or pictures.dtype != np.uint8
            or pictures.shape != (len(labels), pixels)
        ):
            raise FileContentError(f"It has no array 'data' of bytes with shape ({len(labels)}, {pixels}).")
        images = np.ascontiguousarray(pictures.reshape(-1, *_PICTURE).transpose(0, 2, 3, 1))
        return images, np.array(labels, dtype="int64").reshape(-1, 1)
