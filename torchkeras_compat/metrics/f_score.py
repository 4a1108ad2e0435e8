"""F-scores: the weighted harmonic mean of precision and recall."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat import config
from torchkeras_compat.metrics.base import Metric, divide_no_nan
from torchkeras_compat.ops.conversion import convert_to_tensor

AVERAGES = (None, "micro", "macro", "weighted")


class FBetaScore(Metric):
    """F-score: ``(1 + beta**2) * precision * recall / (beta**2 * precision + recall)``.

    Args:
        average: None for a score of each class, ``"micro"`` for one over all classes together, ``"macro"`` for the mean
            of the classes, ``"weighted"`` for their mean weighted by how often they are the target.
        beta: How much more recall weighs than precision, a positive float.
        threshold: Predictions above it are positive, in (0, 1]; None for the largest of each row.
        name: Name.
        dtype: Dtype of the state.

    Raises:
        ValueError: an argument is none of these.

    Example:
        >>> y_true = [[1, 1, 1], [1, 0, 0], [1, 1, 0]]
        >>> FBetaScore(beta=2.0, threshold=0.5)(y_true, [[0.2, 0.6, 0.7], [0.2, 0.6, 0.6], [0.6, 0.8, 0.0]])
        tensor([0.3846, 0.9091, 0.8333])
    """

    _direction = "up"
    axis = 0  # the one that is summed: that of the samples

    def __init__(
        self,
        average: str | None = None,
        beta: float = 1.0,
        threshold: float | None = None,
        name: str = "fbeta_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        if average not in AVERAGES:
            raise ValueError(
                "Invalid `average` argument value. Expected one of: {None, 'micro', 'macro', 'weighted'}. Received:"
                f" average={average}"
            )
        if not isinstance(beta, float):
            raise ValueError(
                "Invalid `beta` argument value. It should be a Python float. Received:"
                f" beta={beta} of type '{type(beta)}'"
            )
        if beta <= 0.0:
            raise ValueError(f"Invalid `beta` argument value. It should be > 0. Received: beta={beta}")
        if threshold is not None and not isinstance(threshold, float):
            raise ValueError(
                "Invalid `threshold` argument value. It should be a Python float. Received:"
                f" threshold={threshold} of type '{type(threshold)}'"
            )
        if threshold is not None and not 0.0 < threshold <= 1.0:
            raise ValueError(
                "Invalid `threshold` argument value. It should verify 0 < threshold <= 1. Received:"
                f" threshold={threshold}"
            )
        self.average = average
        self.beta = beta
        self.threshold = threshold
        self._built = False

    def _build(self, y_true_shape: Sequence[int | None], y_pred_shape: Sequence[int | None]) -> None:
        shapes = f"y_pred.shape={tuple(y_pred_shape)} and y_true.shape={tuple(y_true_shape)}"
        expected = f"{type(self).__name__} expects 2D inputs with shape (batch_size, output_dim)"
        if len(y_pred_shape) != 2 or len(y_true_shape) != 2:
            raise ValueError(f"{expected}. Received input shapes: {shapes}.")
        if y_pred_shape[-1] is None or y_true_shape[-1] is None:
            raise ValueError(f"{expected}, with output_dim fully defined (not None). Received input shapes: {shapes}.")
        if y_pred_shape[-1] != y_true_shape[-1]:
            raise ValueError(f"{expected}, the same for both. Received input shapes: {shapes}.")
        shape = () if self.average == "micro" else (y_pred_shape[-1],)
        self.true_positives = self.add_variable(shape, "zeros", name="true_positives")
        self.false_positives = self.add_variable(shape, "zeros", name="false_positives")
        self.false_negatives = self.add_variable(shape, "zeros", name="false_negatives")
        self.intermediate_weights = self.add_variable(shape, "zeros", name="intermediate_weights")
        self._classes = y_pred_shape[-1]
        self._built = True

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take one batch in.

        Args:
            y_true: 0 or 1, shape ``(batch, classes)``.
            y_pred: Predictions of the same shape.
            sample_weight: Weight per sample, ``(batch,)``, or per value.

        Raises:
            ValueError: shapes do not fit together, or to those of the batches before.
        """
        y_true = convert_to_tensor(y_true, dtype=self._dtype)
        y_pred = convert_to_tensor(y_pred, dtype=self._dtype)
        if not self._built:
            self._build(y_true.shape, y_pred.shape)
        if y_true.shape != y_pred.shape or y_pred.shape[-1] != self._classes:
            raise ValueError(
                f"This metric counts {self._classes} classes. Received: y_true.shape={tuple(y_true.shape)},"
                f" y_pred.shape={tuple(y_pred.shape)}"
            )
        if self.threshold is None:
            largest = y_pred.amax(-1, keepdim=True)
            positive = (y_pred >= largest) & (y_pred.abs() > 1e-9)  # a row of zeros predicts nothing
        else:
            positive = y_pred > self.threshold
        weighted_true = y_true
        if sample_weight is not None:
            weights = convert_to_tensor(sample_weight, dtype=self._dtype).to(y_pred.device)
            weights = weights if weights.shape == y_pred.shape else weights.reshape(-1, 1)
            weighted_true = y_true * weights
            predicted = positive * weights
        else:
            predicted = positive.to(self._torch_dtype)
        axes: Any = None if self.average == "micro" else 0
        right = (weighted_true * positive).sum(axes)
        actual = weighted_true.sum(axes)
        self._add(self.true_positives, right)
        self._add(self.false_positives, predicted.sum(axes) - right)
        self._add(self.false_negatives, actual - right)
        self._add(self.intermediate_weights, actual)

    def result(self) -> torch.Tensor:
        """Return the score, or one for each class.

        Raises:
            ValueError: the number of classes is not known, since nothing was seen.
        """
        if not self._built:
            raise ValueError("The number of classes is not known: update the metric with data first.")
        right = self.true_positives.value
        precision = divide_no_nan(right, right + self.false_positives.value)
        recall = divide_no_nan(right, right + self.false_negatives.value)
        square = self.beta**2
        score = precision * recall / (square * precision + recall + config.epsilon()) * (1 + square)
        if self.average == "weighted":
            weights = self.intermediate_weights.value
            return (score * divide_no_nan(weights, weights.sum())).sum()
        return score if self.average is None else score.mean()

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "average": self.average, "beta": self.beta, "threshold": self.threshold}


class F1Score(FBetaScore):
    """F1-score: ``2 * precision * recall / (precision + recall)``.

    Args:
        average: As for :class:`FBetaScore`.
        threshold: Predictions above it are positive, in (0, 1]; None for the largest of each row.
        name: Name.
        dtype: Dtype of the state.

    Raises:
        ValueError: an argument is none of these.

    Example:
        >>> F1Score()([[1, 0], [0, 1], [0, 1]], [[0.9, 0.1], [0.6, 0.4], [0.2, 0.8]])
        tensor([0.6667, 0.6667])
    """

    def __init__(
        self,
        average: str | None = None,
        threshold: float | None = None,
        name: str = "f1_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(average, 1.0, threshold, name, dtype)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        found = super().get_config()
        del found["beta"]
        return found
