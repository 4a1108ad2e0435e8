"""The crossentropy that fits the shapes of targets and predictions."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.losses.base import Loss
from torchkeras_compat.losses.crossentropy import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    SparseCategoricalCrossentropy,
)
from torchkeras_compat.ops.conversion import shape


class CrossentropyByShape(Loss):
    """What ``compile(loss="crossentropy")`` means: binary for one output, sparse for integer labels, else categorical.

    Args:
        name: Name.

    Example:
        >>> CrossentropyByShape()(torch.tensor([1]), torch.tensor([[0.25, 0.75]]))
        tensor(0.2877)
    """

    def __init__(self, name: str = "crossentropy") -> None:
        super().__init__(name=name)
        self._binary = BinaryCrossentropy()
        self._sparse = SparseCategoricalCrossentropy()
        self._categorical = CategoricalCrossentropy()

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> torch.Tensor:
        """Return the reduced loss.

        Args:
            y_true: Targets.
            y_pred: Predicted probabilities.
            sample_weight: Weight per sample ``(batch,)`` or per value, or one number.

        Raises:
            ValueError: shapes of targets, predictions or weights do not fit together.
        """
        true_shape, pred_shape = shape(y_true), shape(y_pred)
        if len(pred_shape) <= 1 or pred_shape[-1] == 1:
            return self._binary(y_true, y_pred, sample_weight)
        if len(true_shape) < len(pred_shape) or true_shape[-1] == 1:
            return self._sparse(y_true, y_pred, sample_weight)
        return self._categorical(y_true, y_pred, sample_weight)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {"name": self.name}
