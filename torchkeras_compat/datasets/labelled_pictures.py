"""Pictures with a label each: what MNIST and Fashion-MNIST hold, checked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from torchkeras_compat.datasets.formats.idx import read_idx
from torchkeras_compat.datasets.held_out import Split
from torchkeras_compat.datasets.hugging_face import from_hugging_face
from torchkeras_compat.datasets.source import local_copy
from torchkeras_compat.errors import FileContentError

IDX_FILES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)
_SHAPE, _CLASSES = (28, 28), 10


def labelled(source: str | Path, x: np.ndarray[Any, Any], y: np.ndarray[Any, Any]) -> Split:
    """Return pictures and labels as they are, if they are pictures of 28 by 28 bytes and labels below 10.

    Args:
        source: Where they come from, for messages.
        x: ``(samples, 28, 28)``, uint8.
        y: ``(samples,)``, uint8.

    Raises:
        FileContentError: they are not.
    """
    if x.dtype != np.uint8 or x.shape[1:] != _SHAPE or y.dtype != np.uint8 or y.shape != x.shape[:1] or not x.ndim:
        raise FileContentError(
            f"Cannot load '{source}': it should have pictures (samples, 28, 28) and a label for each, both uint8."
            f" Received: {x.dtype} {x.shape} and {y.dtype} {y.shape}."
        )
    if len(y) and y.max() >= _CLASSES:
        raise FileContentError(f"Cannot load '{source}': it has a label {y.max()}, and there are {_CLASSES} classes.")
    return x, y


def from_idx_files(folder: Path, suffix: str = "") -> tuple[Split, Split]:
    """Return training and test pictures of the four files of a folder.

    Args:
        folder: The folder.
        suffix: Of the names; ``.gz`` for gzipped files.

    Raises:
        FileContentError: a file is broken, or holds something else.
        OSError: the system raised it.
    """
    x, y, x_test, y_test = (read_idx(folder / f"{name}{suffix}", 3 - 2 * (i % 2)) for i, name in enumerate(IDX_FILES))
    return labelled(folder, x, y), labelled(folder, x_test, y_test)


def from_other_libraries(name: str, *repositories: str) -> tuple[Split, Split] | None:
    """Return what torchvision or Hugging Face's libraries have downloaded, if they have.

    Args:
        name: Folder of torchvision, ``"MNIST"`` or ``"FashionMNIST"``.
        repositories: Names on Hugging Face's hub.

    Raises:
        FileContentError: a file is broken, or holds something else.
    """
    for suffix in ("", ".gz"):
        folder = local_copy(f"{name}/raw", [f"{file}{suffix}" for file in IDX_FILES])
        if folder is not None:
            return from_idx_files(folder, suffix)
    found = from_hugging_face(repositories, ("image", "label"), _SHAPE, _CLASSES)
    if found is None:
        return None
    (x, y), (x_test, y_test) = found
    return (x, y.astype("uint8")), (x_test, y_test.astype("uint8"))
