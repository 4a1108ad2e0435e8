"""`MeanRelativeError` of tf.keras."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.metrics.base import divide_no_nan
from torchkeras_compat.metrics.reduction import Mean
from torchkeras_compat.ops.conversion import convert_to_numpy, convert_to_tensor


class MeanRelativeError(Mean):
    """Mean of ``|y_true - y_pred| / normalizer``, 0 where the normalizer is 0.

    Args:
        normalizer: Values of the shape of the predictions, or that broadcast to it.
        name: Name.
        dtype: Dtype of the state.

    Raises:
        ValueError: when updated: the shapes do not fit together.

    Example:
        >>> MeanRelativeError([1.0, 3.0, 2.0, 3.0])([1, 3, 2, 3], [2, 4, 6, 8])
        tensor(1.2500)

    Source: TensorFlow 2.15 API, keras/metrics/MeanRelativeError.
    """

    def __init__(self, normalizer: Any, name: str | None = "mean_relative_error", dtype: Any = None) -> None:
        super().__init__(name=name or "mean_relative_error", dtype=dtype)
        self.normalizer = convert_to_numpy(convert_to_tensor(normalizer))

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:  # type: ignore[override]
        """Take one batch in.

        Args:
            y_true: Targets.
            y_pred: Predictions.
            sample_weight: Weight per sample or per value, or one number.
        """
        predicted = convert_to_tensor(y_pred, dtype=self.dtype)
        errors = (convert_to_tensor(y_true, dtype=self.dtype) - predicted).abs()
        scale = torch.as_tensor(self.normalizer, dtype=errors.dtype, device=errors.device)
        try:
            relative = divide_no_nan(errors, scale.expand(errors.shape))
        except RuntimeError as error:
            raise ValueError(
                f"The normalizer of MeanRelativeError '{self.name}' has the shape {self.normalizer.shape}, which does"
                f" not fit predictions of shape {tuple(predicted.shape)}."
            ) from error
        super().update_state(relative, sample_weight)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "normalizer": self.normalizer.tolist()}
