"""`huber_loss` of Keras 2."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.losses.alignment import aligned
from torchkeras_compat.symbolic.operation import operation


@operation
def huber_loss(y_true: Any, y_pred: Any, delta: float = 1.0) -> torch.Tensor:
    """``e² / 2`` of small errors ``e``, ``delta * (|e| - delta / 2)`` of those beyond ``delta``: a value per unit.

    Today's `losses.huber` gives their mean over the last axis.

    Args:
        y_true: Targets, shape ``(batch, ...)``.
        y_pred: Predictions of the same shape.
        delta: Where the two parts meet.

    Returns:
        The shape of the errors.

    Raises:
        ValueError: the shapes cannot be broadcast together.

    Example:
        >>> huber_loss([[0.0, 0.0]], [[1.0, 3.0]])
        tensor([[0.5000, 2.5000]])

    Source: Huber 1964; Keras 2.3 API, losses/huber_loss.
    """
    y_true, y_pred = aligned(y_true, y_pred)
    return torch.nn.functional.huber_loss(y_pred, y_true.to(y_pred.dtype), reduction="none", delta=delta)
