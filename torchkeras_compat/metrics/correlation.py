"""Correlations between targets and predictions along an axis."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat import config
from torchkeras_compat.losses.alignment import aligned
from torchkeras_compat.metrics.reduction import FunctionMean
from torchkeras_compat.symbolic.operation import operation


@operation
def pearson_correlation(y_true: Any, y_pred: Any, axis: int = -1) -> torch.Tensor:
    """Pearson's correlation: the covariance divided by both standard deviations, along ``axis``.

    Args:
        y_true: Targets, shape ``(batch, ..., units)``.
        y_pred: Predictions of the same shape.
        axis: Axis to correlate along.

    Returns:
        In [-1, 1], the shape without ``axis``; not a number where one of the two does not vary.

    Raises:
        ValueError: the shapes cannot be broadcast together.

    Example:
        >>> pearson_correlation([[0.0, 1.0, 2.0]], [[1.0, 3.0, 5.0]])
        tensor([1.])
    """
    y_true, y_pred = aligned(y_true, y_pred)
    a, b = y_true - y_true.mean(axis, keepdim=True), y_pred - y_pred.mean(axis, keepdim=True)
    return (a * b).sum(axis) / (a.square().sum(axis) * b.square().sum(axis)).sqrt()


@operation
def concordance_correlation(y_true: Any, y_pred: Any, axis: int = -1) -> torch.Tensor:
    """Lin's concordance correlation: how near targets and predictions are to being equal, along ``axis``.

    ``2 * cov(t, p) / (var(t) + var(p) + (mean(t) - mean(p)) ** 2)``.

    Args:
        y_true: Targets, shape ``(batch, ..., units)``.
        y_pred: Predictions of the same shape.
        axis: Axis to correlate along.

    Returns:
        In [-1, 1], the shape without ``axis``.

    Raises:
        ValueError: the shapes cannot be broadcast together.

    Example:
        >>> concordance_correlation([[0.0, 1.0, 2.0]], [[1.0, 2.0, 3.0]])
        tensor([0.5714])

    Source: Lin 1989, A Concordance Correlation Coefficient to Evaluate Reproducibility.
    """
    y_true, y_pred = aligned(y_true, y_pred)
    true_mean, pred_mean = y_true.mean(axis, keepdim=True), y_pred.mean(axis, keepdim=True)
    a, b = y_true - true_mean, y_pred - pred_mean
    apart = a.square().mean(axis) + b.square().mean(axis) + (true_mean - pred_mean).square().squeeze(axis)
    return 2.0 * (a * b).mean(axis) / (apart + config.epsilon())


class PearsonCorrelation(FunctionMean):
    """Mean of Pearson's correlation of each sample.

    Args:
        name: Name.
        dtype: Dtype of the state.
        axis: Axis to correlate along.

    Example:
        >>> PearsonCorrelation()([[0.0, 1.0, 2.0]], [[1.0, 3.0, 5.0]])
        tensor(1.)
    """

    _direction = "up"

    def __init__(self, name: str = "pearson_correlation", dtype: Any = None, axis: int = -1) -> None:
        super().__init__(pearson_correlation, name, dtype, axis=axis)
        self.axis = axis


class ConcordanceCorrelation(FunctionMean):
    """Mean of Lin's concordance correlation of each sample.

    Args:
        name: Name.
        dtype: Dtype of the state.
        axis: Axis to correlate along.

    Example:
        >>> ConcordanceCorrelation()([[0.0, 1.0, 2.0]], [[1.0, 2.0, 3.0]])
        tensor(0.5714)
    """

    _direction = "up"

    def __init__(self, name: str = "concordance_correlation", dtype: Any = None, axis: int = -1) -> None:
        super().__init__(concordance_correlation, name, dtype, axis=axis)
        self.axis = axis
