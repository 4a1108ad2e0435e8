"""Handwritten digits, by the file name of Keras 1 too."""

from __future__ import annotations

import os

from torchkeras_compat.datasets import mnist
from torchkeras_compat.datasets.held_out import Split
from torchkeras_compat.legacy.datasets.old_files import newer_file


def load_data(path: str | os.PathLike[str] = "mnist.npz") -> tuple[Split, Split]:
    """Return ``(x_train, y_train), (x_test, y_test)``, as ``datasets.mnist.load_data`` does.

    Args:
        path: Name in the cache, also ``"mnist.pkl.gz"``; or, with its folder, the path of such a file.

    Raises:
        FileContentError: a file is broken, or holds something else.
        OSError: the dataset is not here and cannot be downloaded; the message says where to put it.

    Example:
        >>> os.environ["TORCHKERAS_SAMPLE_DATA"] = "1"
        >>> load_data("mnist.pkl.gz")[0][0].shape
        (6000, 28, 28)
        >>> del os.environ["TORCHKERAS_SAMPLE_DATA"]

    Source: Keras 1.2 API, datasets/mnist.
    """
    return mnist.load_data(newer_file(path))
