"""Precision and recall."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.metrics.base import Metric, divide_no_nan
from torchkeras_compat.metrics.confusion import LOWEST, ConfusionCounter, as_thresholds
from torchkeras_compat.variables import Variable


class _Ratio(Metric):
    """``true_positives / (true_positives + others)``."""

    _direction = "up"
    _others: str
    _counts = True

    def __init__(
        self,
        thresholds: Any = None,
        top_k: int | None = None,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        if top_k is not None and top_k < 1:
            raise ValueError(f"`top_k` must be a positive int. Received: top_k={top_k}")
        self.init_thresholds = thresholds
        self.top_k = top_k
        self.class_id = class_id
        self.thresholds = as_thresholds(thresholds, default=0.5 if top_k is None else LOWEST)
        self._counter = ConfusionCounter(self.thresholds, top_k=top_k, class_id=class_id)
        shape = (len(self.thresholds),)
        self.true_positives = self.add_variable(shape, "zeros", name="true_positives")
        self._other: Variable = self.add_variable(shape, "zeros", name=self._others)
        setattr(self, self._others, self._other)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take one batch in.

        Args:
            y_true: 0 or 1.
            y_pred: Predictions in [0, 1], of the same shape.
            sample_weight: Weight per sample or per value, or one number.

        Raises:
            ValueError: shapes do not fit together, or there is no such class.
        """
        kinds = ("true_positives", self._others)
        right, wrong = self._counter(y_true, y_pred, kinds, self._torch_dtype, sample_weight)
        self._add(self.true_positives, right)
        self._add(self._other, wrong)

    def result(self) -> torch.Tensor:
        """Return the ratio, or one for each threshold; 0 where there is nothing to divide."""
        right, wrong = self.true_positives.value, self._other.value
        ratio = divide_no_nan(right, right + wrong)
        return ratio[0] if len(self.thresholds) == 1 else ratio

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            **super().get_config(),
            "thresholds": self.init_thresholds,
            "top_k": self.top_k,
            "class_id": self.class_id,
        }


class Precision(_Ratio):
    """Fraction of the positive predictions that are right: ``true positives / all predicted positives``.

    Args:
        thresholds: Predictions above it are positive: a number in [0, 1], or several; None for 0.5, or for no threshold
            with ``top_k``.
        top_k: None, or how many of the largest predictions of a row can be positive.
        class_id: None, or the one column of predictions ``(batch, ..., classes)`` that counts.
        name: Name.
        dtype: Dtype of the state.

    Raises:
        ValueError: a threshold is not in [0, 1], or ``top_k`` is not positive.

    Example:
        >>> Precision()([0, 1, 1, 1], [1, 0, 1, 1])
        tensor(0.6667)
    """

    _others = "false_positives"


class Recall(_Ratio):
    """Fraction of the positive targets that are found: ``true positives / all positives``.

    Args:
        thresholds: Predictions above it are positive: a number in [0, 1], or several; None for 0.5, or for no threshold
            with ``top_k``.
        top_k: None, or how many of the largest predictions of a row can be positive.
        class_id: None, or the one column of predictions ``(batch, ..., classes)`` that counts.
        name: Name.
        dtype: Dtype of the state.

    Raises:
        ValueError: a threshold is not in [0, 1], or ``top_k`` is not positive.

    Example:
        >>> Recall()([0, 1, 1, 1], [1, 0, 1, 1])
        tensor(0.6667)
    """

    _others = "false_negatives"
