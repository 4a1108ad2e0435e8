"""The best of one rate where another has at least a given value."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.metrics.base import Metric, divide_no_nan
from torchkeras_compat.metrics.confusion import KINDS, ConfusionCounter, check_most_thresholds


class _BestWhere(Metric):
    """Largest ``_best`` over the thresholds where ``_bounded`` is at least ``value``; 0 if that is nowhere so."""

    _direction = "up"
    _argument: str
    _counts = True

    def __init__(self, value: float, num_thresholds: int, class_id: int | None, name: str | None, dtype: Any) -> None:
        if not 0 <= value <= 1:
            raise ValueError(
                f"Argument `{self._argument}` must be in the range [0, 1]. Received: {self._argument}={value}"
            )
        if num_thresholds <= 0:
            raise ValueError(
                f"Argument `num_thresholds` must be an integer > 0. Received: num_thresholds={num_thresholds}"
            )
        check_most_thresholds(num_thresholds)
        super().__init__(name=name, dtype=dtype)
        self.value = value
        self.class_id = class_id
        self.num_thresholds = num_thresholds
        last = num_thresholds - 1
        self.thresholds = [0.5] if num_thresholds == 1 else [i / last for i in range(num_thresholds)]
        self._counter = ConfusionCounter(self.thresholds, class_id=class_id)
        self.true_positives, self.false_positives, self.true_negatives, self.false_negatives = (
            self.add_variable((num_thresholds,), "zeros", name=kind) for kind in KINDS
        )

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take one batch in.

        Args:
            y_true: 0 or 1.
            y_pred: Predictions in [0, 1], of the same shape.
            sample_weight: Weight per sample or per value, or one number.

        Raises:
            ValueError: shapes do not fit together, or there is no such class.
        """
        counts = self._counter(y_true, y_pred, KINDS, self._torch_dtype, sample_weight)
        for variable, count in zip(self._variables, counts, strict=True):
            self._add(variable, count)

    def _sensitivity(self) -> torch.Tensor:
        right = self.true_positives.value
        return divide_no_nan(right, right + self.false_negatives.value)

    def _specificity(self) -> torch.Tensor:
        right = self.true_negatives.value
        return divide_no_nan(right, right + self.false_positives.value)

    def _precision(self) -> torch.Tensor:
        right = self.true_positives.value
        return divide_no_nan(right, right + self.false_positives.value)

    def _rates(self) -> tuple[torch.Tensor, torch.Tensor]:
        raise NotImplementedError

    def result(self) -> torch.Tensor:
        """Return the best rate."""
        bounded, best = self._rates()
        return torch.where(bounded >= self.value, best, 0.0).amax()

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            **super().get_config(),
            "class_id": self.class_id,
            "num_thresholds": self.num_thresholds,
            self._argument: self.value,
        }


class SensitivityAtSpecificity(_BestWhere):
    """Best sensitivity where the specificity has at least a given value.

    Sensitivity is ``true positives / positives``, specificity ``true negatives / negatives``.

    Args:
        specificity: Value in [0, 1].
        num_thresholds: Number of evenly spaced thresholds to try.
        class_id: None, or the one column of predictions ``(batch, ..., classes)`` that counts.
        name: Name.
        dtype: Dtype of the state.

    Raises:
        ValueError: ``specificity`` is not in [0, 1], or ``num_thresholds`` is not positive.

    Example:
        >>> SensitivityAtSpecificity(0.5)([0, 0, 0, 1, 1], [0.0, 0.3, 0.8, 0.3, 0.8])
        tensor(0.5000)
    """

    _argument = "specificity"

    def __init__(
        self,
        specificity: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(specificity, num_thresholds, class_id, name, dtype)
        self.specificity = specificity

    def _rates(self) -> tuple[torch.Tensor, torch.Tensor]:
        return self._specificity(), self._sensitivity()


class SpecificityAtSensitivity(_BestWhere):
    """Best specificity where the sensitivity has at least a given value.

    Sensitivity is ``true positives / positives``, specificity ``true negatives / negatives``.

    Args:
        sensitivity: Value in [0, 1].
        num_thresholds: Number of evenly spaced thresholds to try.
        class_id: None, or the one column of predictions ``(batch, ..., classes)`` that counts.
        name: Name.
        dtype: Dtype of the state.

    Raises:
        ValueError: ``sensitivity`` is not in [0, 1], or ``num_thresholds`` is not positive.

    Example:
        >>> SpecificityAtSensitivity(0.5)([0, 0, 0, 1, 1], [0.0, 0.3, 0.8, 0.3, 0.8])
        tensor(0.6667)
    """

    _argument = "sensitivity"

    def __init__(
        self,
        sensitivity: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(sensitivity, num_thresholds, class_id, name, dtype)
        self.sensitivity = sensitivity

    def _rates(self) -> tuple[torch.Tensor, torch.Tensor]:
        return self._sensitivity(), self._specificity()


class PrecisionAtRecall(_BestWhere):
    """Best precision where the recall has at least a given value.

    Args:
        recall: Value in [0, 1].
        num_thresholds: Number of evenly spaced thresholds to try.
        class_id: None, or the one column of predictions ``(batch, ..., classes)`` that counts.
        name: Name.
        dtype: Dtype of the state.

    Raises:
        ValueError: ``recall`` is not in [0, 1], or ``num_thresholds`` is not positive.

    Example:
        >>> PrecisionAtRecall(0.5)([0, 0, 0, 1, 1], [0.0, 0.3, 0.8, 0.3, 0.8])
        tensor(0.5000)
    """

    _argument = "recall"

    def __init__(
        self,
        recall: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(recall, num_thresholds, class_id, name, dtype)
        self.recall = recall

    def _rates(self) -> tuple[torch.Tensor, torch.Tensor]:
        return self._sensitivity(), self._precision()


class RecallAtPrecision(_BestWhere):
    """Best recall where the precision has at least a given value; 0 if it has nowhere.

    Args:
        precision: Value in [0, 1].
        num_thresholds: Number of evenly spaced thresholds to try.
        class_id: None, or the one column of predictions ``(batch, ..., classes)`` that counts.
        name: Name.
        dtype: Dtype of the state.

    Raises:
        ValueError: ``precision`` is not in [0, 1], or ``num_thresholds`` is not positive.

    Example:
        >>> RecallAtPrecision(0.8)([0, 0, 1, 1], [0.0, 0.5, 0.3, 0.9])
        tensor(0.5000)
    """

    _argument = "precision"

    def __init__(
        self,
        precision: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(precision, num_thresholds, class_id, name, dtype)
        self.precision = precision

    def _rates(self) -> tuple[torch.Tensor, torch.Tensor]:
        return self._precision(), self._sensitivity()
