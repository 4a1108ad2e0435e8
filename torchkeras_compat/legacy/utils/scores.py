"""Scores of predictions as NumPy arrays, as Keras 1 had them."""

from __future__ import annotations

from typing import Any

import numpy as np


def binary_logloss(p: Any, y: Any) -> Any:
    """Return the mean of ``-log(p)`` for the labels 1 and of ``-log(1 - p)`` for the labels 0.

    Args:
        p: Probabilities of the label 1, shape ``(batch, ...)``.
        y: Labels, the same shape.

    Example:
        >>> float(np.round(binary_logloss([0.5, 0.5], [0, 1]), 4))
        0.6931

    Source: Keras 1.2 API, utils/np_utils.
    """
    probabilities, labels = np.clip(np.asarray(p, "float64"), 1e-15, 1 - 1e-15), np.asarray(y)
    return -np.mean(labels * np.log(probabilities) + (1 - labels) * np.log(1 - probabilities), axis=0)


def multiclass_logloss(p: Any, y: Any) -> float:
    """Return the mean of ``-log(p)`` of the right classes, which are counted from 1.

    Args:
        p: Probabilities, shape ``(batch, classes)``.
        y: Labels from 1 on, shape ``(batch,)``.

    Example:
        >>> round(multiclass_logloss([[0.5, 0.5]], [2]), 4)
        0.6931

    Source: Keras 1.2 API, utils/np_utils.
    """
    labels = np.asarray(y, "int64") - 1
    return float(-np.mean(np.log(np.asarray(p)[np.arange(len(labels)), labels])))


def accuracy(p: Any, y: Any) -> float:
    """Return the fraction of predictions that equal their labels.

    Args:
        p: Predicted labels, shape ``(batch,)``.
        y: Labels, shape ``(batch,)``.

    Example:
        >>> accuracy([1, 2], [1, 3])
        0.5

    Source: Keras 1.2 API, utils/np_utils.
    """
    return float(np.mean(np.asarray(p) == np.asarray(y)))
