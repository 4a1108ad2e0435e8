"""Sums and means of values over batches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from torchkeras_compat.deserialization import deserialize_as
from torchkeras_compat.losses.alignment import squeeze_or_expand_to_same_rank
from torchkeras_compat.losses.reduction import fit_leading_axes
from torchkeras_compat.metrics.base import Metric, divide_no_nan
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.serialization import serialize_keras_object
from torchkeras_compat.symbolic.operation import plain


def weighted(values: torch.Tensor, sample_weight: Any, mask: Any) -> tuple[torch.Tensor, torch.Tensor]:
    """Return values times weights, and the weights, both with one entry for each value.

    Args:
        values: Shape ``(batch, ...)``, in the dtype of the state.
        sample_weight: None, a number, or weights whose axes are the leading axes of ``values`` or broadcast to it.
        mask: None, or true where a value counts; not None where ``sample_weight`` is.

    Raises:
        ValueError: the weights fit neither the leading axes of ``values`` nor broadcast.
    """
    weights: Any = None if mask is None else mask.to(values.dtype)
    if sample_weight is not None:
        given = convert_to_tensor(sample_weight).to(values.device, values.dtype)
        weights = given if weights is None else fit_leading_axes(given, weights, "sample_weight") * weights
    values, weights = squeeze_or_expand_to_same_rank(values, weights, expand_rank_1=False)
    weights = fit_leading_axes(weights, values, "sample_weight").expand_as(values)
    return values * weights, weights


class Sum(Metric):
    """Weighted sum of values.

    Args:
        name: Name.
        dtype: Dtype of the state.

    Example:
        >>> Sum()([1.0, 2.0], sample_weight=[2.0, 1.0])
        tensor(4.)
    """

    def __init__(self, name: str = "sum", dtype: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)
        self.total = self.add_variable((), "zeros", name="total")

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        """Add the values of one batch.

        Args:
            values: Values, any shape; with weights, a ``_keras_mask`` on them says which count.
            sample_weight: Weight per sample or per value, or one number.

        Raises:
            ValueError: the weights do not fit the shape of the values.
        """
        mask = getattr(values, "_keras_mask", None)
        values = convert_to_tensor(values)
        if sample_weight is not None:
            values, _ = weighted(values.to(self._torch_dtype), sample_weight, mask)
        self._add(self.total, values.sum(dtype=self._torch_dtype))

    def result(self) -> torch.Tensor:
        """Return the sum."""
        return self.total.value.clone()


class Mean(Metric):
    """Weighted mean of values.

    Args:
        name: Name.
        dtype: Dtype of the state.

    Example:
        >>> Mean()([1.0, 3.0], sample_weight=[3.0, 1.0])
        tensor(1.5000)
    """

    def __init__(self, name: str = "mean", dtype: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)
        self.total = self.add_variable((), "zeros", name="total")
        self.count = self.add_variable((), "zeros", name="count")

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        """Take the values of one batch in.

        Args:
            values: Values, any shape; with weights, a ``_keras_mask`` on them says which count.
            sample_weight: Weight per sample or per value, or one number.

        Raises:
            ValueError: the weights do not fit the shape of the values.
        """
        self._take(convert_to_tensor(values), sample_weight, None)

    def _take(self, values: torch.Tensor, sample_weight: Any, mask: Any) -> None:
        """Take values in; ``mask`` counts in any case, the one on the values only beside weights."""
        if sample_weight is not None:
            own = getattr(values, "_keras_mask", None)
            if own is not None:
                mask = own if mask is None else own & mask
        # A sample counts as one, however many values it has: the sums are those of means over its values.
        size = values.numel()
        batch = values.shape[0] if values.ndim else size
        part = batch / size if size and self._torch_dtype.is_floating_point else 1
        if sample_weight is None and mask is None:
            self._add(self.total, values.sum(dtype=self._torch_dtype), part)
            self._add_number(values, size * part)
            return
        values, weights = weighted(values.to(self._torch_dtype), sample_weight, mask)
        self._add(self.total, values.sum(dtype=self._torch_dtype), part)
        self._add(self.count, weights.sum(dtype=self._torch_dtype), part)

    def _add_mean(self, value: torch.Tensor, number: int) -> None:
        """Take in the mean of ``number`` values."""
        store = self.total._stores[0][1]
        state = store["value"]
        if state.device != value.device:
            state = store["value"] = state.to(value.device)
        state.add_(value.detach() if value.requires_grad else value, alpha=number)
        self._add_number(value, number)

    def _add_number(self, like: torch.Tensor, number: float) -> None:
        store = self.count._stores[0][1]
        state = store["value"]
        if state.device != like.device:
            if like.is_meta:
                return
            state = store["value"] = state.to(like.device)
        state.add_(number)

    def result(self) -> torch.Tensor:
        """Return the mean, 0 if nothing was seen."""
        return divide_no_nan(self.total.value, self.count.value)


class MeanMetricWrapper(Mean):
    """Mean of ``fn(y_true, y_pred)`` over batches.

    Args:
        fn: Function that returns a value per sample.
        name: Name; None for that of the function.
        dtype: Dtype of the state.
        **kwargs: Passed to ``fn``.

    Example:
        >>> MeanMetricWrapper(lambda y_true, y_pred: (y_true - y_pred).abs())(torch.ones(2), torch.zeros(2))
        tensor(1.)
    """

    def __init__(self, fn: Callable[..., Any], name: str | None = None, dtype: Any = None, **kwargs: Any) -> None:
        super().__init__(name=name or getattr(fn, "__name__", None) or "mean_metric_wrapper", dtype=dtype)
        self._fn = fn
        self._fn_kwargs = kwargs
        self._compute = plain(fn)

    def __getstate__(self) -> dict[str, Any]:
        return {k: v for k, v in self.__dict__.items() if k != "_compute"}  # which pickle finds under no name

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, _compute=plain(state["_fn"]))

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:  # type: ignore[override]
        """Take one batch in.

        Args:
            y_true: Targets.
            y_pred: Predictions; a ``_keras_mask`` on them says which values count.
            sample_weight: Weight per sample or per value, or one number.

        Raises:
            ValueError: shapes do not fit together.
        """
        values = self._compute(y_true, y_pred, **self._fn_kwargs)
        self._take(convert_to_tensor(values), sample_weight, getattr(y_pred, "_keras_mask", None))

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "fn": serialize_keras_object(self._fn), **self._fn_kwargs}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> MeanMetricWrapper:
        """Return a new metric made from what ``get_config`` returned."""
        config = dict(config)
        if "fn" in config:
            config["fn"] = deserialize_as("metrics", config["fn"])
        return cls(**config)


class FunctionMean(MeanMetricWrapper):
    """Mean of a known function: a subclass names it, and its arguments are those of the function."""

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {"name": self.name, "dtype": self.dtype, **self._fn_kwargs}
