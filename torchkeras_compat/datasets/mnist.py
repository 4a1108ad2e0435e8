"""Handwritten digits: 60,000 pictures to train with and 10,000 to test, ten classes."""

from __future__ import annotations

import os

from torchkeras_compat.datasets.formats.npz import read_npz
from torchkeras_compat.datasets.held_out import Split
from torchkeras_compat.datasets.labelled_pictures import from_other_libraries, labelled
from torchkeras_compat.datasets.samples.digits import digits
from torchkeras_compat.datasets.samples.switch import sample_count
from torchkeras_compat.datasets.source import DatasetFile

_FILE = DatasetFile("mnist", "mnist.npz", "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1")

_REPOSITORIES = ("ylecun/mnist", "mnist")


def load_data(path: str | os.PathLike[str] = "mnist.npz") -> tuple[Split, Split]:
    """Return ``(x_train, y_train), (x_test, y_test)``.

    From the cache of Keras, else from torchvision's files in ``MNIST/raw`` or a copy of Hugging Face's, else from
    the network. With ``TORCHKERAS_SAMPLE_DATA=1`` digits are drawn.

    Args:
        path: Name in the cache, or, with its folder, the path of such a file.

    Returns:
        ``x`` of shape ``(samples, 28, 28)``, uint8, black 0 and white 255; ``y`` of shape ``(samples,)``, uint8.

    Raises:
        FileContentError: a file is broken, or holds something else.
        OSError: the dataset is not here and cannot be downloaded; the message says where to put it.

    Example:
        >>> os.environ["TORCHKERAS_SAMPLE_DATA"] = "1"
        >>> (x_train, y_train), (x_test, y_test) = load_data()
        >>> x_train.shape, x_train.dtype, y_test.dtype
        ((6000, 28, 28), dtype('uint8'), dtype('uint8'))
        >>> del os.environ["TORCHKERAS_SAMPLE_DATA"]

    Source: Keras API, datasets/mnist. LeCun, Cortes and Burges, The MNIST database.
    """
    if train := sample_count("mnist", 6_000, 60_000):
        return digits(train, seed=1), digits(train // 6, seed=2)
    if path == _FILE.name and not _FILE.place.exists() and (found := from_other_libraries("MNIST", *_REPOSITORIES)):
        return found
    source = _FILE.path(path)
    x_train, y_train, x_test, y_test = read_npz(source, ["x_train", "y_train", "x_test", "y_test"])
    return labelled(source, x_train, y_train), labelled(source, x_test, y_test)
