"""Prices of houses around Boston in 1978: 506 places with 13 measures each."""

from __future__ import annotations

import os

from torchkeras_compat.datasets.formats.npz import read_npz
from torchkeras_compat.datasets.held_out import Split, check_fraction, check_table, with_held_out
from torchkeras_compat.datasets.samples.houses import boston
from torchkeras_compat.datasets.samples.switch import sample_count
from torchkeras_compat.datasets.source import DatasetFile

_FILE = DatasetFile(
    "boston_housing", "boston_housing.npz", "f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5"
)


def load_data(
    path: str | os.PathLike[str] = "boston_housing.npz", test_split: float = 0.2, seed: int = 113
) -> tuple[Split, Split]:
    """Return ``(x_train, y_train), (x_test, y_test)``.

    From the cache of Keras, else from the network. With ``TORCHKERAS_SAMPLE_DATA=1`` a table is made whose prices
    depend on the measures. (One measure of this dataset assumes that segregation raises prices;
    `california_housing` has none of this kind.)

    Args:
        path: Name in the cache, or, with its folder, the path of such a file.
        test_split: Fraction of the rows held out, in [0, 1).
        seed: Of the shuffling.

    Returns:
        ``x`` of shape ``(samples, 13)``; ``y`` of shape ``(samples,)``, in thousands of dollars; float64.

    Raises:
        ValueError: ``test_split`` is outside [0, 1).
        FileContentError: the file is broken, or holds something else.
        OSError: the dataset is not here and cannot be downloaded; the message says where to put it.

    Example:
        >>> os.environ["TORCHKERAS_SAMPLE_DATA"] = "1"
        >>> (x_train, y_train), (x_test, y_test) = load_data()
        >>> x_train.shape, y_test.shape
        ((404, 13), (102,))
        >>> del os.environ["TORCHKERAS_SAMPLE_DATA"]

    Source: Keras API, datasets/boston_housing. Harrison and Rubinfeld 1978.
    """
    check_fraction(test_split)
    if count := sample_count("boston_housing", 506, 506):
        return with_held_out(*boston(count, seed=1), test_split, seed)
    source = _FILE.path(path)
    return with_held_out(*check_table(source, 13, *read_npz(source, ["x", "y"])), test_split, seed)
