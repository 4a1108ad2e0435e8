"""Sums and means of values over batches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from torchkeras_compat.losses.reduction import fit_leading_axes
from torchkeras_compat.metrics.base import Metric
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.serialization import deserialize_keras_object, serialize_keras_object


def _weighted(values: Any, sample_weight: Any, dtype: str) -> tuple[torch.Tensor, torch.Tensor | None]:
    """Return values and weights of one shape; a mask on the values becomes a weight."""
    mask = getattr(values, "_keras_mask", None)
    values = convert_to_tensor(values, dtype)
    weights = None
    if sample_weight is not None:
        weights = convert_to_tensor(sample_weight).to(values.device, values.dtype)
    if mask is not None:
        mask = mask.to(values.dtype)
        weights = mask if weights is None else fit_leading_axes(weights, mask, "sample_weight") * mask
    if weights is None:
        return values, None
    if weights.ndim > values.ndim:
        if weights.shape[-1] == 1:
            weights = weights.squeeze(-1)
        else:
            values = values.reshape(tuple(values.shape) + (1,) * (weights.ndim - values.ndim))
    weights = fit_leading_axes(weights, values, "sample_weight")
    if weights.ndim < values.ndim or weights.shape != values.shape:
        if (
            weights.ndim
            and weights.ndim == values.ndim
            and values.ndim > 1
            and weights.shape[1:] == (1,) * (values.ndim - 1)
        ):
            values = values.reshape(values.shape[0], -1).mean(-1)  # one weight a sample: that of its mean
            weights = weights.reshape(-1)
        else:
            weights = weights.expand_as(values)
    return values * weights, weights


class Sum(Metric):
    """Weighted sum of values.

    Example:
        >>> Sum()([1.0, 2.0])
        tensor(3.)
    """

    def __init__(self, name: str = "sum", dtype: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)
        self.total = self.add_variable((), "zeros", name="total")

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        """Add the values of one batch."""
        values, _ = _weighted(values, sample_weight, self.dtype)
        self._add(self.total, values.sum())

    def result(self) -> torch.Tensor:
        return self.total.value.clone()


class Mean(Metric):
    """Weighted mean of values.

    Example:
        >>> Mean()([1.0, 3.0])
        tensor(2.)
    """

    def __init__(self, name: str = "mean", dtype: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)
        self.total = self.add_variable((), "zeros", name="total")
        self.count = self.add_variable((), "zeros", name="count")

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        """Take the values of one batch in."""
        if sample_weight is None and type(values) is torch.Tensor and not hasattr(values, "_keras_mask"):
            self._add(self.total, values.sum())
            self._store_count(values, values.numel())
            return
        values, weights = _weighted(values, sample_weight, self.dtype)
        self._add(self.total, values.sum())
        if weights is None:
            self._store_count(values, values.numel())
        else:
            self._add(self.count, weights.sum())

    def _add_mean(self, value: torch.Tensor, number: int) -> None:
        """Take in the mean of ``number`` values."""
        state = self.total._stores[0][1]["value"]
        if state.device != value.device:
            state = self.total._stores[0][1]["value"] = state.to(value.device)
        state.add_(value.detach(), alpha=number)
        self._store_count(value, number)

    def _store_count(self, like: torch.Tensor, number: int) -> None:
        state = self.count._stores[0][1]["value"]
        if state.device != like.device:
            state = self.count._stores[0][1]["value"] = state.to(like.device)
        state.add_(number)

    def result(self) -> torch.Tensor:
        """Return the mean, 0 if nothing was seen."""
        total, count = self.total.value, self.count.value
        return torch.where(
            count == 0, torch.zeros_like(total), total / torch.where(count == 0, torch.ones_like(count), count)
        )


class MeanMetricWrapper(Mean):
    """Mean of ``fn(y_true, y_pred)`` over batches.

    Args:
        fn: Function that returns a value per sample.
        name: Name; None for that of the function.
        dtype: Dtype of the state.
        kwargs: Passed to ``fn``.
    """

    def __init__(self, fn: Callable[..., Any], name: str | None = None, dtype: Any = None, **kwargs: Any) -> None:
        super().__init__(name=name or getattr(fn, "__name__", None) or "mean_metric_wrapper", dtype=dtype)
        self._fn = fn
        self._fn_kwargs = kwargs

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:  # type: ignore[override]
        """Take one batch in."""
        mask = getattr(y_pred, "_keras_mask", None)
        values = self._fn(y_true, y_pred, **self._fn_kwargs)
        if mask is not None:
            values._keras_mask = mask
        (
            super().update_state(values.detach(), sample_weight)
            if mask is None
            else super().update_state(values, sample_weight)
        )

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "fn": serialize_keras_object(self._fn), **self._fn_kwargs}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> MeanMetricWrapper:
        config = dict(config)
        if "fn" in config:
            config["fn"] = deserialize_keras_object(config["fn"])
        return cls(**config)
