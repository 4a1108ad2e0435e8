"""Means of regression errors over batches, and their root."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.losses import regression
from torchkeras_compat.losses.alignment import aligned
from torchkeras_compat.metrics.reduction import FunctionMean, Mean


class MeanSquaredError(FunctionMean):
    """Mean of the squared errors.

    Args:
        name: Name.
        dtype: Dtype of the state.

    Example:
        >>> MeanSquaredError()([[1.0]], [[3.0]])
        tensor(4.)
    """

    _direction = "down"

    def __init__(self, name: str = "mean_squared_error", dtype: Any = None) -> None:
        super().__init__(regression.mean_squared_error, name, dtype)


class MeanAbsoluteError(FunctionMean):
    """Mean of the absolute errors.

    Args:
        name: Name.
        dtype: Dtype of the state.

    Example:
        >>> MeanAbsoluteError()([[1.0]], [[3.0]])
        tensor(2.)
    """

    _direction = "down"

    def __init__(self, name: str = "mean_absolute_error", dtype: Any = None) -> None:
        super().__init__(regression.mean_absolute_error, name, dtype)


class MeanAbsolutePercentageError(FunctionMean):
    """Mean of the absolute errors in percent of the targets.

    Args:
        name: Name.
        dtype: Dtype of the state.

    Example:
        >>> MeanAbsolutePercentageError()([[2.0]], [[3.0]])
        tensor(50.)
    """

    _direction = "down"

    def __init__(self, name: str = "mean_absolute_percentage_error", dtype: Any = None) -> None:
        super().__init__(regression.mean_absolute_percentage_error, name, dtype)


class MeanSquaredLogarithmicError(FunctionMean):
    """Mean of the squared differences of the logarithms of one plus targets and predictions.

    Args:
        name: Name.
        dtype: Dtype of the state.

    Example:
        >>> MeanSquaredLogarithmicError()([[0.0]], [[1.0]])
        tensor(0.4805)
    """

    _direction = "down"

    def __init__(self, name: str = "mean_squared_logarithmic_error", dtype: Any = None) -> None:
        super().__init__(regression.mean_squared_logarithmic_error, name, dtype)


class LogCoshError(FunctionMean):
    """Mean of the logarithms of the hyperbolic cosine of the errors.

    Args:
        name: Name.
        dtype: Dtype of the state.

    Example:
        >>> LogCoshError()([[0.0, 0.0]], [[0.0, 1.0]])
        tensor(0.2169)
    """

    _direction = "down"

    def __init__(self, name: str = "logcosh", dtype: Any = None) -> None:
        super().__init__(regression.log_cosh, name, dtype)


class RootMeanSquaredError(Mean):
    """Root of the mean of the squared errors over all batches.

    Args:
        name: Name.
        dtype: Dtype of the state.

    Example:
        >>> RootMeanSquaredError()([[0.0, 0.0]], [[3.0, 4.0]])
        tensor(3.5355)
    """

    _direction = "down"

    def __init__(self, name: str = "root_mean_squared_error", dtype: Any = None) -> None:
        super().__init__(name, dtype)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:  # type: ignore[override]
        """Take one batch in.

        Args:
            y_true: Targets.
            y_pred: Predictions of the same shape.
            sample_weight: Weight per sample or per value, or one number.

        Raises:
            ValueError: shapes do not fit together.
        """
        y_true, y_pred = aligned(y_true, y_pred)
        self._take((y_pred - y_true).square(), sample_weight, None)

    def result(self) -> torch.Tensor:
        """Return the root of the mean."""
        return super().result().sqrt()


def _cosine_similarity(y_true: Any, y_pred: Any, axis: int = -1) -> torch.Tensor:
    return -regression.cosine_similarity.__wrapped__(y_true, y_pred, axis)


class CosineSimilarity(FunctionMean):
    """Mean cosine of the angle between targets and predictions: 1 is the same direction.

    Args:
        name: Name.
        dtype: Dtype of the state.
        axis: Axis of the vectors.

    Example:
        >>> CosineSimilarity()([[0.0, 2.0]], [[0.0, 3.0]])
        tensor(1.)
    """

    _direction = "up"

    def __init__(self, name: str = "cosine_similarity", dtype: Any = None, axis: int = -1) -> None:
        super().__init__(_cosine_similarity, name, dtype, axis=axis)
