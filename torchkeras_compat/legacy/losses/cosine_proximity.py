"""`cosine_proximity`: the cosine between targets and predictions, as a loss and as a metric of each older Keras."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.losses.alignment import aligned
from torchkeras_compat.losses.regression import cosine_similarity
from torchkeras_compat.symbolic.operation import operation


@operation
def cosine_proximity(y_true: Any, y_pred: Any, axis: int = -1) -> torch.Tensor:
    """Negative cosine of the angle between targets and predictions: the loss of Keras 2.

    Args:
        y_true: Targets, shape ``(batch, ..., units)``.
        y_pred: Predictions of the same shape.
        axis: Axis of the vectors.

    Returns:
        Shape ``(batch, ...)``, from -1 (one direction) to 1.

    Raises:
        ValueError: the shapes cannot be broadcast together.

    Example:
        >>> cosine_proximity([[1.0, 0.0]], [[2.0, 0.0]])
        tensor([-1.])

    Source: Keras 2.3 API, losses/cosine_proximity.
    """
    values: torch.Tensor = cosine_similarity(y_true, y_pred, axis=axis)
    return values


@operation
def mean_cosine_proximity(y_true: Any, y_pred: Any) -> torch.Tensor:
    """Negative cosine divided by the number of units: ``-mean(l2(y_true) * l2(y_pred))``, the loss of Keras 1.

    Args:
        y_true: Targets, shape ``(batch, ..., units)``.
        y_pred: Predictions of the same shape.

    Returns:
        Shape ``(batch, ...)``, from ``-1 / units`` to ``1 / units``.

    Raises:
        ValueError: the shapes cannot be broadcast together.

    Example:
        >>> mean_cosine_proximity([[1.0, 0.0]], [[2.0, 0.0]])
        tensor([-0.5000])

    Source: Keras 1.2 API, objectives/cosine_proximity.
    """
    y_true, y_pred = aligned(y_true, y_pred)
    values: torch.Tensor = cosine_similarity(y_true, y_pred) / y_pred.shape[-1]
    return values


@operation
def cosine_similarity_metric(y_true: Any, y_pred: Any, axis: int = -1) -> torch.Tensor:
    """Cosine of the angle between targets and predictions: ``cosine_proximity`` among the metrics of Keras 2.3.

    Args:
        y_true: Targets, shape ``(batch, ..., units)``.
        y_pred: Predictions of the same shape.
        axis: Axis of the vectors.

    Returns:
        Shape ``(batch, ...)``, from -1 to 1 (one direction).

    Raises:
        ValueError: the shapes cannot be broadcast together.

    Example:
        >>> cosine_similarity_metric([[1.0, 0.0]], [[2.0, 0.0]])
        tensor([1.])

    Source: Keras 2.3 API, metrics/cosine_proximity.
    """
    values: torch.Tensor = -cosine_similarity(y_true, y_pred, axis=axis)
    return values
