"""The coefficient of determination."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.losses.alignment import squeeze_or_expand_to_same_rank
from torchkeras_compat.metrics.base import Metric
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.user_warnings import warn_user

AGGREGATIONS = ("uniform_average", "variance_weighted_average")


class R2Score(Metric):
    """Coefficient of determination: one minus the squared errors divided by the variation of the targets.

    1 is perfect, 0 is as good as the mean of the targets.

    Args:
        class_aggregation: ``"uniform_average"`` over the outputs, ``"variance_weighted_average"``, or None for a score
            of each output.
        num_regressors: Number of independent regressors, for the adjusted score; 0 for the plain one.
        name: Name.
        dtype: Dtype of the state.

    Raises:
        ValueError: an argument is none of these.

    Example:
        >>> R2Score()([[1.0], [4.0], [3.0]], [[2.0], [4.0], [4.0]])
        tensor(0.5714)
    """

    _direction = "up"
    _counts = True

    def __init__(
        self,
        class_aggregation: str | None = "uniform_average",
        num_regressors: int = 0,
        name: str = "r2_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        if class_aggregation not in (None, *AGGREGATIONS):
            raise ValueError(
                "Invalid value for argument `class_aggregation`. Expected one of"
                f" {(None, *AGGREGATIONS)}. Received: class_aggregation={class_aggregation}"
            )
        if num_regressors < 0:
            raise ValueError(
                "Invalid value for argument `num_regressors`. Expected a value >= 0. Received:"
                f" num_regressors={num_regressors}"
            )
        self.class_aggregation = class_aggregation
        self.num_regressors = num_regressors
        self.num_samples = self.add_variable((), "zeros", name="num_samples")
        self._built = False

    def _build(self, y_true_shape: Any, y_pred_shape: Any) -> None:
        shapes = f"y_pred.shape={tuple(y_pred_shape)} and y_true.shape={tuple(y_true_shape)}"
        expected = "R2Score expects 2D inputs with shape (batch_size, output_dim)"
        if len(y_pred_shape) != 2 or len(y_true_shape) != 2:
            raise ValueError(f"{expected}. Received input shapes: {shapes}.")
        if y_pred_shape[-1] is None or y_true_shape[-1] is None:
            raise ValueError(f"{expected}, with output_dim fully defined (not None). Received input shapes: {shapes}.")
        shape = (y_pred_shape[-1],)
        self.squared_sum = self.add_variable(shape, "zeros", name="squared_sum")
        self.sum = self.add_variable(shape, "zeros", name="sum")
        self.total_mse = self.add_variable(shape, "zeros", name="residual")
        self.count = self.add_variable(shape, "zeros", name="count")
        self._outputs = y_pred_shape[-1]
        self._built = True

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take one batch in.

        Args:
            y_true: Targets, shape ``(batch, outputs)``; for one output also ``(batch,)``.
            y_pred: Predictions of the same shape, or with a last axis of size one more or less.
            sample_weight: Weight per sample ``(batch,)``, per value, or one number.

        Raises:
            ValueError: shapes do not fit together, or to those of the batches before.
        """
        y_true = convert_to_tensor(y_true, dtype=self._dtype)
        y_pred = convert_to_tensor(y_pred, dtype=self._dtype)
        if y_true.ndim != y_pred.ndim:
            y_true, y_pred = squeeze_or_expand_to_same_rank(y_true, y_pred)
        if not self._built:
            self._build(y_true.shape, y_pred.shape)
        if y_true.shape != y_pred.shape or y_pred.shape[-1] != self._outputs:
            raise ValueError(
                f"This metric scores {self._outputs} outputs. Received: y_true.shape={tuple(y_true.shape)},"
                f" y_pred.shape={tuple(y_pred.shape)}"
            )
        if sample_weight is None:
            weights = torch.ones((), dtype=self._torch_dtype, device=y_pred.device)
        else:
            weights = convert_to_tensor(sample_weight, dtype=self._dtype).to(y_pred.device)
            weights = weights.unsqueeze(1) if weights.ndim == 1 else weights
        weighted = y_true * weights
        self._add(self.sum, weighted.sum(0))
        self._add(self.squared_sum, (y_true * weighted).sum(0))
        self._add(self.total_mse, ((y_true - y_pred).square() * weights).sum(0))
        self._add(self.count, weights.expand_as(y_true).sum(0))
        # The number is a tensor only so that the state follows the device.
        self._add(self.num_samples, torch.full((), y_true.numel(), dtype=self._torch_dtype, device=y_pred.device))

    def result(self) -> torch.Tensor:
        """Return the score, or one for each output.

        Raises:
            ValueError: the number of outputs is not known, since nothing was seen.
        """
        if not self._built:
            raise ValueError("The number of outputs is not known: update the metric with data first.")
        total_sum = self.sum.value
        variation = self.squared_sum.value - total_sum * (total_sum / self.count.value)
        score = 1.0 - self.total_mse.value / variation
        score = torch.where(torch.isinf(score), 0.0, score)
        if self.class_aggregation == "uniform_average":
            score = score.mean()
        elif self.class_aggregation is not None:
            score = (score * (variation / variation.sum())).sum()
        return score if self.num_regressors == 0 else self._adjusted(score)

    def _adjusted(self, score: torch.Tensor) -> torch.Tensor:
        number = float(self.num_samples.value)  # read with the result, not while batches come in
        if self.num_regressors > number - 1:
            warn_user(
                f"There are more independent regressors ({self.num_regressors}) than values to fit them to"
                f" ({number:.0f}): the score is not adjusted."
            )
            return score
        if self.num_regressors == number - 1:
            warn_user("Division by zero in the adjusted R2 score: it is not adjusted.")
            return score
        return 1.0 - (1.0 - score) * (number - 1) / (number - self.num_regressors - 1)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            **super().get_config(),
            "class_aggregation": self.class_aggregation,
            "num_regressors": self.num_regressors,
        }
