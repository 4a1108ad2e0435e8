"""Means of regression errors over batches."""

from __future__ import annotations

from typing import Any

from torchkeras_compat.losses import regression
from torchkeras_compat.metrics.reduction import MeanMetricWrapper


class MeanSquaredError(MeanMetricWrapper):
    """Mean of the squared errors.

    Example:
        >>> MeanSquaredError()([[1.0]], [[3.0]])
        tensor(4.)
    """

    def __init__(self, name: str = "mean_squared_error", dtype: Any = None) -> None:
        super().__init__(regression.mean_squared_error, name, dtype)

    def get_config(self) -> dict[str, Any]:
        return {"name": self.name, "dtype": self.dtype}


class MeanAbsoluteError(MeanMetricWrapper):
    """Mean of the absolute errors.

    Example:
        >>> MeanAbsoluteError()([[1.0]], [[3.0]])
        tensor(2.)
    """

    def __init__(self, name: str = "mean_absolute_error", dtype: Any = None) -> None:
        super().__init__(regression.mean_absolute_error, name, dtype)

    def get_config(self) -> dict[str, Any]:
        return {"name": self.name, "dtype": self.dtype}
