"""Hinge losses of Keras before 2.3, which take targets as they are: -1 and 1."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.losses.alignment import aligned
from torchkeras_compat.losses.regression import last_mean
from torchkeras_compat.symbolic.operation import operation


@operation
def hinge_of_signs(y_true: Any, y_pred: Any) -> torch.Tensor:
    """``mean(max(1 - y_true * y_pred, 0))`` over the last axis, where a target of 0 is 0: the hinge of Keras 1 and 2.2.

    Args:
        y_true: -1 or 1, shape ``(batch, ..., outputs)``.
        y_pred: Scores of the same shape.

    Returns:
        Shape ``(batch, ...)``.

    Raises:
        ValueError: the shapes cannot be broadcast together.

    Example:
        >>> hinge_of_signs([[0.0]], [[0.25]]), hinge_of_signs([[1.0]], [[0.25]])
        (tensor([1.]), tensor([0.7500]))

    Source: Keras 2.2 API, losses/hinge.
    """
    y_true, y_pred = aligned(y_true, y_pred)
    return last_mean((1 - y_true * y_pred).clamp(min=0))


@operation
def squared_hinge_of_signs(y_true: Any, y_pred: Any) -> torch.Tensor:
    """``mean(max(1 - y_true * y_pred, 0)²)`` over the last axis, where a target of 0 is 0: that of Keras 1 and 2.2.

    Args:
        y_true: -1 or 1, shape ``(batch, ..., outputs)``.
        y_pred: Scores of the same shape.

    Returns:
        Shape ``(batch, ...)``.

    Raises:
        ValueError: the shapes cannot be broadcast together.

    Example:
        >>> squared_hinge_of_signs([[0.0]], [[0.25]]), squared_hinge_of_signs([[1.0]], [[0.5]])
        (tensor([1.]), tensor([0.2500]))

    Source: Keras 2.2 API, losses/squared_hinge.
    """
    y_true, y_pred = aligned(y_true, y_pred)
    return last_mean((1 - y_true * y_pred).clamp(min=0).square())
