"""Hinge losses, for targets -1 and 1."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from torchkeras_compat.losses.alignment import aligned
from torchkeras_compat.losses.base import Loss
from torchkeras_compat.losses.regression import last_mean
from torchkeras_compat.symbolic.operation import operation


def _signs(y_true: torch.Tensor) -> torch.Tensor:
    """Targets 0 and 1 become -1 and 1; others stay. Nothing here waits for the device."""
    binary = ((y_true == 0) | (y_true == 1)).all()
    return torch.where(binary, 2 * y_true - 1, y_true)


@operation
def hinge(y_true: Any, y_pred: Any) -> torch.Tensor:
    """``mean(max(1 - y_true * y_pred, 0))`` over the last axis; targets 0 and 1 become -1 and 1.

    Args:
        y_true: -1 or 1, shape ``(batch, ..., outputs)``.
        y_pred: Scores of the same shape.

    Returns:
        Shape ``(batch, ...)``.

    Example:
        >>> hinge([[1.0]], [[0.25]])
        tensor([0.7500])
    """
    y_true, y_pred = aligned(y_true, y_pred)
    return last_mean((1 - _signs(y_true) * y_pred).clamp(min=0))


@operation
def squared_hinge(y_true: Any, y_pred: Any) -> torch.Tensor:
    """``mean(max(1 - y_true * y_pred, 0)²)`` over the last axis; targets 0 and 1 become -1 and 1.

    Args:
        y_true: -1 or 1, shape ``(batch, ..., outputs)``.
        y_pred: Scores of the same shape.

    Returns:
        Shape ``(batch, ...)``.

    Example:
        >>> squared_hinge([[1.0]], [[0.5]])
        tensor([0.2500])
    """
    y_true, y_pred = aligned(y_true, y_pred)
    return last_mean((1 - _signs(y_true) * y_pred).clamp(min=0).square())


@operation
def categorical_hinge(y_true: Any, y_pred: Any) -> torch.Tensor:
    """``max(best wrong score - right score + 1, 0)``.

    Args:
        y_true: One-hot targets, shape ``(batch, ..., classes)``.
        y_pred: Scores of the same shape.

    Returns:
        Shape ``(batch, ...)``.

    Example:
        >>> categorical_hinge([[1.0, 0.0]], [[0.5, 0.25]])
        tensor([0.7500])
    """
    y_true, y_pred = aligned(y_true, y_pred)
    right = (y_true * y_pred).sum(-1)
    wrong = ((1.0 - y_true) * y_pred).amax(-1)
    return (wrong - right + 1.0).clamp(min=0)


class _HingeLoss(Loss):
    _function: Callable[..., torch.Tensor]

    def call(self, y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
        """Return the loss of each sample."""
        return type(self)._function(y_true, y_pred)


class Hinge(_HingeLoss):
    """Hinge loss; arguments as for :class:`~torchkeras_compat.losses.base.Loss`."""

    fn = staticmethod(hinge)

    _function = staticmethod(hinge)

    def __init__(self, reduction: str | None = "sum_over_batch_size", name: str = "hinge", dtype: Any = None) -> None:
        super().__init__(name=name, reduction=reduction, dtype=dtype)


class SquaredHinge(_HingeLoss):
    """Squared hinge loss; arguments as for :class:`~torchkeras_compat.losses.base.Loss`."""

    fn = staticmethod(squared_hinge)

    _function = staticmethod(squared_hinge)

    def __init__(
        self, reduction: str | None = "sum_over_batch_size", name: str = "squared_hinge", dtype: Any = None
    ) -> None:
        super().__init__(name=name, reduction=reduction, dtype=dtype)


class CategoricalHinge(_HingeLoss):
    """Hinge loss for one-hot targets; arguments as for :class:`~torchkeras_compat.losses.base.Loss`."""

    fn = staticmethod(categorical_hinge)

    _function = staticmethod(categorical_hinge)

    def __init__(
        self, reduction: str | None = "sum_over_batch_size", name: str = "categorical_hinge", dtype: Any = None
    ) -> None:
        super().__init__(name=name, reduction=reduction, dtype=dtype)
