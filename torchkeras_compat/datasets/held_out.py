"""A fraction of the samples held out, in a shuffled order that a seed decides."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from torchkeras_compat.errors import FileContentError

Split = tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]


def check_fraction(test_split: float) -> None:
    """Refuse a fraction outside [0, 1).

    Raises:
        ValueError: it is.
    """
    if not isinstance(test_split, (int, float, np.number)) or isinstance(test_split, bool) or not 0 <= test_split < 1:
        raise ValueError(
            f"Invalid `test_split` argument: it is a fraction in [0, 1). Received: test_split={test_split!r}"
        )


def shuffled(count: int, random: np.random.RandomState) -> np.ndarray[Any, Any]:
    """Return the numbers below ``count`` in a random order: what `RandomState.shuffle` makes of them."""
    order = np.arange(count)
    random.shuffle(order)
    return order


def with_held_out(
    x: np.ndarray[Any, Any], y: np.ndarray[Any, Any], test_split: float, seed: int
) -> tuple[Split, Split]:
    """Return ``(x_train, y_train), (x_test, y_test)``, shuffled; the last ``test_split`` of the samples are to test."""
    check_fraction(test_split)
    order = shuffled(len(x), np.random.RandomState(seed))
    x, y = x[order], y[order]
    split = int(len(x) * (1 - test_split))
    return (x[:split], y[:split]), (x[split:], y[split:])


def check_table(source: str | Path, columns: int, x: np.ndarray[Any, Any], y: np.ndarray[Any, Any]) -> Split:
    """Return a table and its targets as they are, if they are.

    Args:
        source: Where they come from, for messages.
        columns: Number of columns.
        x: ``(samples, columns)``, floating point.
        y: ``(samples,)``, floating point.

    Raises:
        FileContentError: they have another shape or dtype.
    """
    if x.shape[1:] != (columns,) or y.shape != x.shape[:1] or x.dtype.kind != "f" or y.dtype.kind != "f":
        raise FileContentError(
            f"Cannot load '{source}': it should have a table (samples, {columns}) and targets (samples,), of floats."
            f" Received: {x.dtype} {x.shape} and {y.dtype} {y.shape}."
        )
    return x, y
