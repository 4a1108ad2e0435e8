"""Class labels as vectors, and probabilities as class labels."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from torchkeras_compat.utils import categorical


def to_categorical(
    y: Any, num_classes: int | None = None, dtype: Any = "float32", *, nb_classes: int | None = None
) -> Any:
    """Return integer class labels as one-hot vectors.

    Args:
        y: Integer class labels, shape ``(batch, ...)`` or with a last axis of size one; array, list or tensor.
        num_classes: Number of classes; None for the largest label plus one.
        dtype: Dtype of an array that is returned.
        nb_classes: The name of ``num_classes`` in Keras 1.

    Returns:
        Shape ``(batch, ..., num_classes)``: an array, or a tensor for a tensor.

    Raises:
        ValueError: a label is negative or not below ``num_classes``.

    Example:
        >>> to_categorical([0, 2], dtype="int32").tolist()
        [[1, 0, 0], [0, 0, 1]]

    Source: Keras 2.15 API, utils/to_categorical.
    """
    found = categorical.to_categorical(y, num_classes if nb_classes is None else nb_classes)
    return found if isinstance(found, torch.Tensor) else found.astype(dtype)


def to_ordinal(y: Any, num_classes: int | None = None, dtype: Any = "float32") -> np.ndarray[Any, Any]:
    """Return ordered class labels as vectors that say which classes each is above: ``label > 0, label > 1, ...``.

    Args:
        y: Integer class labels, shape ``(batch, ...)`` or with a last axis of size one.
        num_classes: Number of classes; None for the largest label plus one.
        dtype: Dtype of the result.

    Returns:
        Shape ``(batch, ..., num_classes - 1)``.

    Example:
        >>> to_ordinal([0, 1, 2]).tolist()
        [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]]

    Source: Keras 2.15 API, utils/to_ordinal.
    """
    labels = np.array(y, dtype="int64")
    if labels.ndim > 1 and labels.shape[-1] == 1:
        labels = labels[..., 0]
    classes = num_classes or (int(labels.max()) + 1 if labels.size else 1)
    return (labels[..., None] > np.arange(classes - 1)).astype(dtype)


def probas_to_classes(y_pred: Any) -> np.ndarray[Any, Any]:
    """Return the label of each sample: of the largest probability, or of one probability above 0.5.

    Args:
        y_pred: Shape ``(batch, classes)``, ``(batch, 1)`` or ``(batch,)``.

    Returns:
        Shape ``(batch,)``, integers.

    Example:
        >>> probas_to_classes(np.array([0.2, 0.9])).tolist(), probas_to_classes(np.array([[0.1, 0.9]])).tolist()
        ([0, 1], [1])

    Source: Keras 1.2 API, utils/np_utils.
    """
    probabilities = np.asarray(y_pred)
    if probabilities.ndim > 1 and probabilities.shape[1] > 1:
        return categorical_probas_to_classes(probabilities)
    return (probabilities > 0.5).astype("int64").reshape(len(probabilities))


def categorical_probas_to_classes(p: Any) -> np.ndarray[Any, Any]:
    """Return the label of the largest probability of each sample.

    Args:
        p: Shape ``(batch, classes)``.

    Example:
        >>> categorical_probas_to_classes([[0.1, 0.7, 0.2]]).tolist()
        [1]

    Source: Keras 1.2 API, utils/np_utils.
    """
    found: np.ndarray[Any, Any] = np.argmax(np.asarray(p), axis=1)
    return found
