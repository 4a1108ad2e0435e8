"""Small colour pictures: 50,000 to train with and 10,000 to test, ten classes."""

from __future__ import annotations

import numpy as np

from torchkeras_compat.datasets.formats.cifar_batches import read_batch
from torchkeras_compat.datasets.held_out import Split
from torchkeras_compat.datasets.hugging_face import from_hugging_face
from torchkeras_compat.datasets.samples.color_pictures import color_pictures
from torchkeras_compat.datasets.samples.switch import sample_count
from torchkeras_compat.datasets.source import DatasetFile, local_copy

_FILE = DatasetFile(
    "cifar10",
    "cifar-10-batches-py-target",
    "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce",
    "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
)
_FOLDER = "cifar-10-batches-py"
_BATCHES = tuple(f"data_batch_{number}" for number in range(1, 6))
_CLASSES = 10
_REPOSITORIES = ("uoft-cs/cifar10", "cifar10")


def load_data() -> tuple[Split, Split]:
    """Return ``(x_train, y_train), (x_test, y_test)``.

    From the cache of Keras, else from torchvision's folder ``cifar-10-batches-py`` or a copy of Hugging Face's,
    else from the network. With ``TORCHKERAS_SAMPLE_DATA=1`` figures are drawn, another one for each class.

    Returns:
        ``x`` of shape ``(samples, 32, 32, 3)``, uint8; ``y`` of shape ``(samples, 1)``, uint8: 0 airplane, 1
        automobile, 2 bird, 3 cat, 4 deer, 5 dog, 6 frog, 7 horse, 8 ship, 9 truck.

    Raises:
        FileContentError: a file is broken, or holds something else.
        OSError: the dataset is not here and cannot be downloaded; the message says where to put it.

    Example:
        >>> import os
        >>> os.environ["TORCHKERAS_SAMPLE_DATA"] = "1"
        >>> (x_train, y_train), (x_test, y_test) = load_data()
        >>> x_train.shape, y_train.shape, x_test.shape
        ((5000, 32, 32, 3), (5000, 1), (1000, 32, 32, 3))
        >>> del os.environ["TORCHKERAS_SAMPLE_DATA"]

    Source: Keras API, datasets/cifar10. Krizhevsky 2009, Learning multiple layers of features from tiny images.
    """
    if count := sample_count("cifar10", 5_000, 50_000):
        return _sample(count, seed=1), _sample(count // 5, seed=2)
    files = [*_BATCHES, "test_batch"]
    folder = local_copy(f"{_FILE.name}/{_FOLDER}", files) or local_copy(_FOLDER, files)
    if folder is None and (found := from_hugging_face(_REPOSITORIES, ("img", "label"), (32, 32, 3), _CLASSES)):
        (x, y), (x_test, y_test) = found
        return (x, y.astype("uint8").reshape(-1, 1)), (x_test, y_test.astype("uint8").reshape(-1, 1))
    folder = folder or _FILE.folder(_FOLDER)
    parts = [read_batch(folder / name, "labels", _CLASSES) for name in files]
    x = np.concatenate([pictures for pictures, _ in parts[:-1]])
    y = np.concatenate([labels for _, labels in parts[:-1]])
    return (x, y.astype("uint8")), (parts[-1][0], parts[-1][1].astype("uint8"))


def _sample(count: int, seed: int) -> Split:
    labels = np.random.RandomState(seed).randint(0, _CLASSES, count)
    return color_pictures(labels, _CLASSES, seed), labels.astype("uint8").reshape(-1, 1)
