"""Scores of a batch that Keras 1 had among its metrics: precision, recall, F scores, Matthews correlation.

Each is worked out batch by batch, and what is shown for an epoch is their mean, not the score of all samples together.
"""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat import config
from torchkeras_compat.losses.alignment import aligned
from torchkeras_compat.symbolic.operation import operation


def _rounded(y_true: Any, y_pred: Any) -> tuple[torch.Tensor, torch.Tensor]:
    y_true, y_pred = aligned(y_true, y_pred)
    return y_true.to(y_pred.dtype).clamp(0, 1).round(), y_pred.clamp(0, 1).round()


def _true_positives(y_true: Any, y_pred: Any) -> torch.Tensor:
    y_true, y_pred = aligned(y_true, y_pred)
    both: torch.Tensor = (y_true * y_pred).clamp(0, 1).round()
    return both.sum()


@operation
def matthews_correlation(y_true: Any, y_pred: Any) -> torch.Tensor:
    """Matthews correlation of binary targets and rounded predictions: their correlation as variables of 0 and 1.

    ``(tp * tn - fp * fn) / (sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)) + epsilon)``.

    Args:
        y_true: Binary targets, any shape.
        y_pred: Predictions in [0, 1], of the same shape.

    Returns:
        A scalar from -1 to 1.

    Raises:
        ValueError: the shapes do not fit together.

    Example:
        >>> matthews_correlation([1.0, 0.0, 1.0], [0.9, 0.2, 0.8])
        tensor(1.)

    Source: Matthews 1975; Keras 1.2 API, metrics.
    """
    truth, found = _rounded(y_true, y_pred)
    tp, tn = (truth * found).sum(), ((1 - truth) * (1 - found)).sum()
    fp, fn = ((1 - truth) * found).sum(), (truth * (1 - found)).sum()
    bottom = ((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)).sqrt()
    score: torch.Tensor = (tp * tn - fp * fn) / (bottom + config.epsilon())
    return score


@operation
def precision(y_true: Any, y_pred: Any) -> torch.Tensor:
    """Fraction of the predicted positives of a batch that are positive: ``tp / (tp + fp + epsilon)``.

    Args:
        y_true: Binary targets, any shape.
        y_pred: Predictions in [0, 1], of the same shape.

    Returns:
        A scalar in [0, 1].

    Raises:
        ValueError: the shapes do not fit together.

    Example:
        >>> precision([1.0, 0.0], [0.9, 0.8])
        tensor(0.5000)

    Source: Keras 1.2 API, metrics.
    """
    score: torch.Tensor = _true_positives(y_true, y_pred) / (_rounded(y_true, y_pred)[1].sum() + config.epsilon())
    return score


@operation
def recall(y_true: Any, y_pred: Any) -> torch.Tensor:
    """Fraction of the positives of a batch that were predicted: ``tp / (tp + fn + epsilon)``.

    Args:
        y_true: Binary targets, any shape.
        y_pred: Predictions in [0, 1], of the same shape.

    Returns:
        A scalar in [0, 1].

    Raises:
        ValueError: the shapes do not fit together.

    Example:
        >>> recall([1.0, 1.0], [0.9, 0.2])
        tensor(0.5000)

    Source: Keras 1.2 API, metrics.
    """
    score: torch.Tensor = _true_positives(y_true, y_pred) / (_rounded(y_true, y_pred)[0].sum() + config.epsilon())
    return score


@operation
def fbeta_score(y_true: Any, y_pred: Any, beta: float = 1) -> torch.Tensor:
    """Weighted harmonic mean of precision and recall: ``(1 + b²) * p * r / (b² * p + r + epsilon)``.

    Args:
        y_true: Binary targets, any shape.
        y_pred: Predictions in [0, 1], of the same shape.
        beta: How much recall counts, not negative: 0 is precision alone.

    Returns:
        A scalar in [0, 1]; 0 where nothing is positive.

    Raises:
        ValueError: ``beta`` is negative, or the shapes do not fit together.

    Example:
        >>> fbeta_score([1.0, 1.0], [0.9, 0.2])
        tensor(0.6667)

    Source: van Rijsbergen 1979; Keras 1.2 API, metrics.
    """
    if beta < 0:
        raise ValueError(f"`beta` of an F score is not negative; 0 is precision alone. Received: beta={beta}")
    p, r = precision(y_true, y_pred), recall(y_true, y_pred)
    score: torch.Tensor = (1 + beta**2) * p * r / (beta**2 * p + r + config.epsilon())
    return score


@operation
def fmeasure(y_true: Any, y_pred: Any) -> torch.Tensor:
    """Harmonic mean of precision and recall of a batch: ``fbeta_score`` with ``beta=1``; arguments as there.

    Example:
        >>> fmeasure([1.0, 1.0], [0.9, 0.2])
        tensor(0.6667)
    """
    score: torch.Tensor = fbeta_score(y_true, y_pred, beta=1)
    return score
