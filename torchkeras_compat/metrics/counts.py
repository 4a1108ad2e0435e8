"""True and false positives and negatives, counted."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.metrics.base import Metric
from torchkeras_compat.metrics.confusion import ConfusionCounter, as_thresholds


class _Count(Metric):
    _kind: str
    _counts = True

    def __init__(self, thresholds: Any = None, name: str | None = None, dtype: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)
        self.init_thresholds = thresholds
        self.thresholds = as_thresholds(thresholds)
        self._counter = ConfusionCounter(self.thresholds)
        self.accumulator = self.add_variable((len(self.thresholds),), "zeros", name="accumulator")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take one batch in.

        Args:
            y_true: 0 or 1.
            y_pred: Predictions in [0, 1], of the same shape.
            sample_weight: Weight per sample or per value, or one number.

        Raises:
            ValueError: shapes do not fit together.
        """
        (counts,) = self._counter(y_true, y_pred, (self._kind,), self._torch_dtype, sample_weight)
        self._add(self.accumulator, counts)

    def result(self) -> torch.Tensor:
        """Return the count, or one for each threshold."""
        counts = self.accumulator.value
        return counts[0].clone() if len(self.thresholds) == 1 else counts.clone()

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "thresholds": self.init_thresholds}


class TruePositives(_Count):
    """Number, or sum of the weights, of positive predictions that are right.

    Args:
        thresholds: Predictions above it are positive: a number in [0, 1], or several; None for 0.5.
        name: Name.
        dtype: Dtype of the state.

    Raises:
        ValueError: a threshold is not in [0, 1].

    Example:
        >>> TruePositives()([0, 1, 1, 1], [1, 0, 1, 1])
        tensor(2.)
    """

    _kind = "true_positives"


class FalsePositives(_Count):
    """Number, or sum of the weights, of positive predictions that are wrong.

    Args:
        thresholds: Predictions above it are positive: a number in [0, 1], or several; None for 0.5.
        name: Name.
        dtype: Dtype of the state.

    Raises:
        ValueError: a threshold is not in [0, 1].

    Example:
        >>> FalsePositives()([0, 1, 0, 0], [0, 0, 1, 1])
        tensor(2.)
    """

    _kind = "false_positives"


class TrueNegatives(_Count):
    """Number, or sum of the weights, of negative predictions that are right.

    Args:
        thresholds: Predictions above it are positive: a number in [0, 1], or several; None for 0.5.
        name: Name.
        dtype: Dtype of the state.

    Raises:
        ValueError: a threshold is not in [0, 1].

    Example:
        >>> TrueNegatives()([0, 1, 0, 0], [0, 0, 0, 1])
        tensor(2.)
    """

    _kind = "true_negatives"


class FalseNegatives(_Count):
    """Number, or sum of the weights, of negative predictions that are wrong.

    Args:
        thresholds: Predictions above it are positive: a number in [0, 1], or several; None for 0.5.
        name: Name.
        dtype: Dtype of the state.

    Raises:
        ValueError: a threshold is not in [0, 1].

    Example:
        >>> FalseNegatives()([0, 1, 1, 1], [0, 1, 0, 0])
        tensor(2.)
    """

    _kind = "false_negatives"
