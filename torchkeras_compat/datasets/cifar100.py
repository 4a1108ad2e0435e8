"""Small colour pictures: 50,000 to train with and 10,000 to test, a hundred classes in twenty groups."""

from __future__ import annotations

import numpy as np

from torchkeras_compat.datasets.formats.cifar_batches import read_batch
from torchkeras_compat.datasets.held_out import Split
from torchkeras_compat.datasets.hugging_face import from_hugging_face
from torchkeras_compat.datasets.samples.color_pictures import color_pictures
from torchkeras_compat.datasets.samples.switch import sample_count
from torchkeras_compat.datasets.source import DatasetFile, local_copy

_FILE = DatasetFile(
    "cifar100",
    "cifar-100-python-target",
    "85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7",
    "https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz",
)
_FOLDER = "cifar-100-python"
_CLASSES = {"fine": 100, "coarse": 20}
_REPOSITORIES = ("uoft-cs/cifar100", "cifar100")


def load_data(label_mode: str = "fine") -> tuple[Split, Split]:
    """Return ``(x_train, y_train), (x_test, y_test)``.

    From the cache of Keras, else from torchvision's folder ``cifar-100-python`` or a copy of Hugging Face's, else
    from the network. With ``TORCHKERAS_SAMPLE_DATA=1`` figures are drawn; fine classes with the same rest by 20 are
    a coarse one.

    Args:
        label_mode: ``"fine"`` for the hundred classes, ``"coarse"`` for their twenty groups.

    Returns:
        ``x`` of shape ``(samples, 32, 32, 3)``, uint8; ``y`` of shape ``(samples, 1)``, int64.

    Raises:
        ValueError: another ``label_mode``.
        FileContentError: a file is broken, or holds something else.
        OSError: the dataset is not here and cannot be downloaded; the message says where to put it.

    Example:
        >>> import os
        >>> os.environ["TORCHKERAS_SAMPLE_DATA"] = "1"
        >>> (x_train, y_train), (x_test, y_test) = load_data(label_mode="coarse")
        >>> x_train.shape, y_train.shape, int(y_train.max())
        ((5000, 32, 32, 3), (5000, 1), 19)
        >>> del os.environ["TORCHKERAS_SAMPLE_DATA"]

    Source: Keras API, datasets/cifar100. Krizhevsky 2009, Learning multiple layers of features from tiny images.
    """
    if label_mode not in _CLASSES:
        raise ValueError(f"`label_mode` must be one of 'fine', 'coarse'. Received: label_mode={label_mode!r}")
    if count := sample_count("cifar100", 5_000, 50_000):
        return _sample(count, label_mode, seed=3), _sample(count // 5, label_mode, seed=4)
    files = ["train", "test"]
    folder = local_copy(f"{_FILE.name}/{_FOLDER}", files) or local_copy(_FOLDER, files)
    columns = ("img", f"{label_mode}_label")
    if folder is None and (found := from_hugging_face(_REPOSITORIES, columns, (32, 32, 3), _CLASSES[label_mode])):
        (x, y), (x_test, y_test) = found
        return (x, y.reshape(-1, 1)), (x_test, y_test.reshape(-1, 1))
    folder = folder or _FILE.folder(_FOLDER)
    train, test = (read_batch(folder / name, f"{label_mode}_labels", _CLASSES[label_mode]) for name in files)
    return train, test


def _sample(count: int, label_mode: str, seed: int) -> Split:
    labels = np.random.RandomState(seed).randint(0, _CLASSES["fine"], count)
    return color_pictures(labels, _CLASSES["fine"], seed), (labels % _CLASSES[label_mode]).reshape(-1, 1)
