"""Pictures of clothes by Zalando: 60,000 to train with and 10,000 to test, ten classes."""

from __future__ import annotations

from torchkeras_compat.datasets.held_out import Split
from torchkeras_compat.datasets.labelled_pictures import IDX_FILES as _NAMES
from torchkeras_compat.datasets.labelled_pictures import from_idx_files, from_other_libraries
from torchkeras_compat.datasets.samples.clothes import clothes
from torchkeras_compat.datasets.samples.switch import sample_count
from torchkeras_compat.datasets.source import DatasetFile

_FILES = [DatasetFile("fashion_mnist", f"{name}.gz", cache_subdir="datasets/fashion-mnist") for name in _NAMES]


def load_data() -> tuple[Split, Split]:
    """Return ``(x_train, y_train), (x_test, y_test)``.

    From the cache of Keras, else from torchvision's files in ``FashionMNIST/raw`` or a copy of Hugging Face's, else
    from the network. With ``TORCHKERAS_SAMPLE_DATA=1`` silhouettes are drawn.

    Returns:
        ``x`` of shape ``(samples, 28, 28)``, uint8, black 0 and white 255; ``y`` of shape ``(samples,)``, uint8: 0
        T-shirt, 1 trouser, 2 pullover, 3 dress, 4 coat, 5 sandal, 6 shirt, 7 sneaker, 8 bag, 9 ankle boot.

    Raises:
        FileContentError: a file is broken, or holds something else. No hash of these files is published with Keras:
            shape, length and the checksum in the gzip format are checked.
        OSError: the dataset is not here and cannot be downloaded; the message says where to put it.

    Example:
        >>> import os
        >>> os.environ["TORCHKERAS_SAMPLE_DATA"] = "1"
        >>> (x_train, y_train), (x_test, y_test) = load_data()
        >>> x_train.shape, y_test.shape
        ((6000, 28, 28), (1000,))
        >>> del os.environ["TORCHKERAS_SAMPLE_DATA"]

    Source: Keras API, datasets/fashion_mnist. Xiao, Rasul and Vollgraf 2017.
    """
    if count := sample_count("fashion_mnist", 6_000, 60_000):
        return clothes(count, seed=1), clothes(count // 6, seed=2)
    if not all(file.place.exists() for file in _FILES):
        found = from_other_libraries("FashionMNIST", "zalando-datasets/fashion_mnist", "fashion_mnist")
        if found is not None:
            return found
    folders = {file.path().parent for file in _FILES}
    return from_idx_files(folders.pop(), ".gz")
