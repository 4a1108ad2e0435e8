"""Fisher's iris flowers: 150 of them, four measures each, three species. The data come with the package."""

from __future__ import annotations

import csv
from importlib import resources

import numpy as np

FEATURES = ("sepal_length", "sepal_width", "petal_length", "petal_width")
CLASSES = ("setosa", "versicolor", "virginica")

Split = tuple[np.ndarray, np.ndarray]


def load_data(test_split: float = 0.2, seed: int = 113) -> tuple[Split, Split]:
    """Return ``(x_train, y_train), (x_test, y_test)``, shuffled.

    Args:
        test_split: Fraction of the flowers held out, in [0, 1).
        seed: Of the shuffling.

    Returns:
        ``x`` of shape ``(samples, 4)``, float32, in centimetres (``FEATURES``); ``y`` of shape ``(samples,)``, int64,
        the index of the species in ``CLASSES``.

    Raises:
        ValueError: ``test_split`` is outside [0, 1).

    Example:
        >>> (x_train, y_train), (x_test, y_test) = load_data()
        >>> x_train.shape, y_test.shape
        ((120, 4), (30,))

    Source: Fisher 1936, table I.
    """
    if not 0 <= test_split < 1:
        raise ValueError(f"`test_split` is a fraction in [0, 1). Received: test_split={test_split!r}")
    text = resources.files(__package__).joinpath("iris.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    x = np.array([[float(row[feature]) for feature in FEATURES] for row in rows], dtype="float32")
    y = np.array([CLASSES.index(row["species"]) for row in rows], dtype="int64")
    order = np.random.RandomState(seed).permutation(len(x))
    x, y = x[order], y[order]
    split = len(x) - round(len(x) * test_split)
    return (x[:split], y[:split]), (x[split:], y[split:])
