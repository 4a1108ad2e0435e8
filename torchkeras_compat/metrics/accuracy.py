"""How often predictions equal targets."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.metrics.reduction import MeanMetricWrapper
from torchkeras_compat.ops.conversion import convert_to_tensor


def _as_float(matches: torch.Tensor) -> torch.Tensor:
    return matches.to(torch.get_default_dtype())


def _aligned(y_true: Any, y_pred: Any) -> tuple[torch.Tensor, torch.Tensor]:
    y_pred = convert_to_tensor(y_pred)
    y_true = convert_to_tensor(y_true)
    if y_true.ndim == y_pred.ndim + 1 and y_true.shape[-1] == 1:
        y_true = y_true.squeeze(-1)
    elif y_true.ndim == y_pred.ndim - 1 and y_pred.shape[-1] == 1:
        y_true = y_true.unsqueeze(-1)
    return y_true.to(y_pred.device), y_pred


def accuracy(y_true: Any, y_pred: Any) -> torch.Tensor:
    """1 where ``y_true == y_pred``, else 0."""
    y_true, y_pred = _aligned(y_true, y_pred)
    return _as_float(y_true.to(y_pred.dtype) == y_pred)


def binary_accuracy(y_true: Any, y_pred: Any, threshold: float = 0.5) -> torch.Tensor:
    """Share over the last axis of predictions on the right side of ``threshold``.

    Example:
        >>> binary_accuracy([[1.0], [0.0]], [[0.7], [0.6]])
        tensor([1., 0.])
    """
    y_true, y_pred = _aligned(y_true, y_pred)
    matches = _as_float(y_true.to(y_pred.dtype) == (y_pred > threshold).to(y_pred.dtype))
    return matches.mean(-1) if matches.ndim > 1 else matches


def categorical_accuracy(y_true: Any, y_pred: Any) -> torch.Tensor:
    """1 where the largest prediction is that of the one-hot target, else 0.

    Example:
        >>> categorical_accuracy([[0.0, 1.0]], [[0.2, 0.8]])
        tensor([1.])
    """
    y_pred = convert_to_tensor(y_pred)
    y_true = convert_to_tensor(y_true).to(y_pred.device)
    return _as_float(y_true.argmax(-1) == y_pred.argmax(-1))


def sparse_categorical_accuracy(y_true: Any, y_pred: Any) -> torch.Tensor:
    """1 where the largest prediction is that of the class number, else 0.

    Example:
        >>> sparse_categorical_accuracy(torch.tensor([1]), torch.tensor([[0.2, 0.8]]))
        tensor([1.])
    """
    y_pred = convert_to_tensor(y_pred)
    y_true = convert_to_tensor(y_true).to(y_pred.device)
    if y_true.ndim == y_pred.ndim and y_true.shape[-1] == 1:
        y_true = y_true.squeeze(-1)
    return _as_float(y_true.long() == y_pred.argmax(-1))


class Accuracy(MeanMetricWrapper):
    """Share of predictions equal to their targets."""

    def __init__(self, name: str = "accuracy", dtype: Any = None) -> None:
        super().__init__(accuracy, name, dtype)

    def get_config(self) -> dict[str, Any]:
        return {"name": self.name, "dtype": self.dtype}


class BinaryAccuracy(MeanMetricWrapper):
    """Share of predictions on the right side of ``threshold``.

    Args:
        name: Name.
        dtype: Dtype of the state.
        threshold: Predictions above it count as 1; in [0, 1].
    """

    def __init__(self, name: str = "binary_accuracy", dtype: Any = None, threshold: float = 0.5) -> None:
        if threshold is not None and not 0 <= threshold <= 1:
            raise ValueError(
                "Invalid value for argument `threshold`. Expected a value in interval [0, 1]. Received:"
                f" threshold={threshold}"
            )
        super().__init__(binary_accuracy, name, dtype, threshold=threshold)
        self.threshold = threshold

    def get_config(self) -> dict[str, Any]:
        return {"name": self.name, "dtype": self.dtype, "threshold": self.threshold}


class CategoricalAccuracy(MeanMetricWrapper):
    """Share of samples whose largest prediction is that of the one-hot target."""

    def __init__(self, name: str = "categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(categorical_accuracy, name, dtype)

    def get_config(self) -> dict[str, Any]:
        return {"name": self.name, "dtype": self.dtype}


class SparseCategoricalAccuracy(MeanMetricWrapper):
    """Share of samples whose largest prediction is that of the class number."""

    def __init__(self, name: str = "sparse_categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(sparse_categorical_accuracy, name, dtype)

    def get_config(self) -> dict[str, Any]:
        return {"name": self.name, "dtype": self.dtype}
