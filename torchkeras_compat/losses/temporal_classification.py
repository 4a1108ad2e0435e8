"""Connectionist temporal classification: sequences of labels without their places in time."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.losses.alignment import as_float
from torchkeras_compat.losses.base import Loss
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.ops.ctc import ctc_loss
from torchkeras_compat.symbolic.operation import operation


@operation
def ctc(y_true: Any, y_pred: Any) -> torch.Tensor:
    """Minus the log-probability of each label sequence, summed over all its places in time.

    Args:
        y_true: Integer class labels, shape ``(batch, labels)``; 0 is "no label" and fills up short sequences.
        y_pred: Logits, shape ``(batch, steps, classes)``.

    Returns:
        Shape ``(batch,)``; infinite where there are fewer steps than the labels need.

    Raises:
        ValueError: the shapes are not these.

    Example:
        >>> ctc([[1]], torch.zeros(1, 1, 2))
        tensor([0.6931])

    Source: Graves et al. 2006, Connectionist Temporal Classification.
    """
    y_true, y_pred = convert_to_tensor(y_true), as_float(convert_to_tensor(y_pred))
    if len(y_true.shape) != 2:
        raise ValueError(
            "Targets `y_true` must have shape `(batch_size, max_length)`. Received:"
            f" y_true.shape={tuple(y_true.shape)}, y_pred.shape={tuple(y_pred.shape)}."
        )
    if len(y_pred.shape) != 3:
        raise ValueError(
            "Logits `y_pred` must have shape `(batch_size, max_length, num_classes)`. Received:"
            f" y_true.shape={tuple(y_true.shape)}, y_pred.shape={tuple(y_pred.shape)}."
        )
    steps = torch.full((y_pred.shape[0],), y_pred.shape[1], dtype=torch.int64, device=y_pred.device)
    return ctc_loss(y_true, y_pred, (y_true != 0).sum(-1), steps, mask_index=0).to(y_pred.dtype)


ctc.takes_class_indices = True


class CTC(Loss):
    """Connectionist temporal classification of sequences of labels.

    Args:
        reduction: As for :class:`~torchkeras_compat.losses.base.Loss`.
        name: Name.
        dtype: Dtype or policy to compute in.

    Example:
        >>> CTC()([[1]], torch.zeros(1, 1, 2))
        tensor(0.6931)
    """

    fn = staticmethod(ctc)

    _casts_y_true = False

    def __init__(self, reduction: str | None = "sum_over_batch_size", name: str = "ctc", dtype: Any = None) -> None:
        super().__init__(name=name, reduction=reduction, dtype=dtype)

    def call(self, y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
        """Return the loss of each sequence."""
        return ctc.__wrapped__(y_true, y_pred)
