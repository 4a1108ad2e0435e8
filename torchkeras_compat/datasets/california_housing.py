"""Prices of houses in California in 1990: 20,640 districts with 8 measures each."""

from __future__ import annotations

import os

from torchkeras_compat.datasets.formats.npz import read_npz
from torchkeras_compat.datasets.held_out import Split, check_fraction, check_table, with_held_out
from torchkeras_compat.datasets.samples.houses import california
from torchkeras_compat.datasets.samples.switch import sample_count
from torchkeras_compat.datasets.source import DatasetFile

_FILE = DatasetFile(
    "california_housing", "california_housing.npz", "1a2e3a52e0398de6463aebe6f4a8da34fb21fbb6b934cf88c3425e766f2a1a6f"
)
_SMALL = 600  # rows of the small version


def load_data(
    version: str = "large",
    path: str | os.PathLike[str] = "california_housing.npz",
    test_split: float = 0.2,
    seed: int = 113,
) -> tuple[Split, Split]:
    """Return ``(x_train, y_train), (x_test, y_test)``.

    From the cache of Keras, else from the network. With ``TORCHKERAS_SAMPLE_DATA=1`` a table is made whose prices
    depend on the measures.

    Args:
        version: ``"large"`` for all districts, ``"small"`` for 600 of them.
        path: Name in the cache, or, with its folder, the path of such a file.
        test_split: Fraction of the districts held out, in [0, 1).
        seed: Of the shuffling.

    Returns:
        ``x`` of shape ``(samples, 8)``: longitude, latitude, median age of the houses, rooms, bedrooms, population,
        households, median income in ten thousands of dollars; ``y`` of shape ``(samples,)``, in dollars; float32.

    Raises:
        ValueError: another ``version``, or ``test_split`` is outside [0, 1).
        FileContentError: the file is broken, or holds something else.
        OSError: the dataset is not here and cannot be downloaded; the message says where to put it.

    Example:
        >>> os.environ["TORCHKERAS_SAMPLE_DATA"] = "1"
        >>> (x_train, y_train), (x_test, y_test) = load_data(version="small")
        >>> x_train.shape, y_test.shape
        ((480, 8), (120,))
        >>> del os.environ["TORCHKERAS_SAMPLE_DATA"]

    Source: Keras API, datasets/california_housing. Pace and Barry 1997, Sparse spatial autoregressions.
    """
    if version not in ("small", "large"):
        raise ValueError(f"`version` must be one of 'small', 'large'. Received: version={version!r}")
    check_fraction(test_split)
    if count := sample_count("california_housing", 2_064, 20_640):
        x, y = california(count, seed=1)
    else:
        source = _FILE.path(path)
        x, y = check_table(source, 8, *read_npz(source, ["x", "y"]))
    if version == "small":
        x, y = x[:_SMALL], y[:_SMALL]
    return with_held_out(x, y, test_split, seed)
