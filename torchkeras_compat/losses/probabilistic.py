"""Losses between distributions: Kullback-Leibler divergence and the Poisson likelihood."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat import config
from torchkeras_compat.losses.alignment import aligned
from torchkeras_compat.losses.base import Loss
from torchkeras_compat.losses.regression import last_mean
from torchkeras_compat.symbolic.operation import operation


@operation
def kl_divergence(y_true: Any, y_pred: Any) -> torch.Tensor:
    """Kullback-Leibler divergence: ``sum(y_true * log(y_true / y_pred))`` over the last axis.

    Args:
        y_true: Probabilities, shape ``(batch, ..., classes)``; clipped to ``[epsilon, 1]``.
        y_pred: Probabilities of the same shape; clipped likewise.

    Returns:
        Shape ``(batch, ...)``.

    Raises:
        ValueError: the shapes cannot be broadcast together.

    Example:
        >>> kl_divergence([[0.5, 0.5]], [[0.25, 0.75]])
        tensor([0.1438])
    """
    y_true, y_pred = aligned(y_true, y_pred)
    smallest = config.epsilon()
    y_true, y_pred = y_true.clamp(smallest, 1.0), y_pred.clamp(smallest, 1.0)
    return (y_true * (y_true / y_pred).log()).sum(-1)


@operation
def poisson(y_true: Any, y_pred: Any) -> torch.Tensor:
    """Poisson loss: ``mean(y_pred - y_true * log(y_pred + epsilon))`` over the last axis.

    Args:
        y_true: Counts, shape ``(batch, ..., units)``.
        y_pred: Expected counts of the same shape.

    Returns:
        Shape ``(batch, ...)``.

    Raises:
        ValueError: the shapes cannot be broadcast together.

    Example:
        >>> poisson([[1.0, 0.0]], [[1.0, 1.0]]).round(decimals=3)
        tensor([1.])
    """
    y_true, y_pred = aligned(y_true, y_pred)
    return last_mean(y_pred - y_true * (y_pred + config.epsilon()).log())


class KLDivergence(Loss):
    """Kullback-Leibler divergence, ``sum(y_true * log(y_true / y_pred))`` of each sample.

    Args:
        reduction: As for :class:`~torchkeras_compat.losses.base.Loss`.
        name: Name.
        dtype: Dtype or policy to compute in.

    Example:
        >>> KLDivergence()([[0.5, 0.5]], [[0.25, 0.75]])
        tensor(0.1438)
    """

    fn = staticmethod(kl_divergence)

    def __init__(
        self, reduction: str | None = "sum_over_batch_size", name: str = "kl_divergence", dtype: Any = None
    ) -> None:
        super().__init__(name=name, reduction=reduction, dtype=dtype)

    def call(self, y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
        """Return the loss of each sample."""
        return kl_divergence.__wrapped__(y_true, y_pred)


class Poisson(Loss):
    """Poisson loss, ``mean(y_pred - y_true * log(y_pred + epsilon))``.

    Args:
        reduction: As for :class:`~torchkeras_compat.losses.base.Loss`.
        name: Name.
        dtype: Dtype or policy to compute in.

    Example:
        >>> Poisson()([[1.0, 0.0]], [[1.0, 1.0]]).round(decimals=3)
        tensor(1.)
    """

    fn = staticmethod(poisson)

    def __init__(self, reduction: str | None = "sum_over_batch_size", name: str = "poisson", dtype: Any = None) -> None:
        super().__init__(name=name, reduction=reduction, dtype=dtype)

    def call(self, y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
        """Return the loss of each sample."""
        return poisson.__wrapped__(y_true, y_pred)
