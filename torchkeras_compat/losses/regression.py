"""Losses of regression: errors, their squares, logarithms and percentages, and the angle between vectors."""

from __future__ import annotations

import math
from typing import Any

import torch
import torch.nn.functional as F

from torchkeras_compat import config
from torchkeras_compat.losses.alignment import aligned
from torchkeras_compat.losses.base import Loss
from torchkeras_compat.losses.reduction import MEANS
from torchkeras_compat.symbolic.operation import operation

# Below this squared length a vector has no direction: Keras divides by at least its root. Float16 holds no smaller.
_SMALLEST_SQUARED_NORM = 1e-14
_SMALLEST_OF_FLOAT16 = 6.2e-5


@operation
def mean_squared_error(y_true: Any, y_pred: Any) -> torch.Tensor:
    """Mean of the squared errors: ``mean((y_true - y_pred) ** 2)`` over the last axis.

    Args:
        y_true: Targets, shape ``(batch, ..., units)``.
        y_pred: Predictions of the same shape.

    Returns:
        Shape ``(batch, ...)``.

    Raises:
        ValueError: the shapes cannot be broadcast together.

    Example:
        >>> mean_squared_error([[0.0, 0.0]], [[1.0, 3.0]])
        tensor([5.])
    """
    y_true, y_pred = aligned(y_true, y_pred)
    return last_mean((y_pred - y_true).square())


@operation
def mean_absolute_error(y_true: Any, y_pred: Any) -> torch.Tensor:
    """Mean of the absolute errors: ``mean(abs(y_true - y_pred))`` over the last axis.

    Args:
        y_true: Targets, shape ``(batch, ..., units)``.
        y_pred: Predictions of the same shape.

    Returns:
        Shape ``(batch, ...)``.

    Raises:
        ValueError: the shapes cannot be broadcast together.

    Example:
        >>> mean_absolute_error([[0.0, 0.0]], [[1.0, 3.0]])
        tensor([2.])
    """
    y_true, y_pred = aligned(y_true, y_pred)
    return last_mean((y_pred - y_true).abs())


@operation
def mean_absolute_percentage_error(y_true: Any, y_pred: Any) -> torch.Tensor:
    """Mean of the errors in percent: ``100 * mean(abs((y_true - y_pred) / max(abs(y_true), epsilon)))``.

    Args:
        y_true: Targets, shape ``(batch, ..., units)``; those near 0 dominate.
        y_pred: Predictions of the same shape.

    Returns:
        Percent, shape ``(batch, ...)``.

    Raises:
        ValueError: the shapes cannot be broadcast together.

    Example:
        >>> mean_absolute_percentage_error([[2.0, 4.0]], [[1.0, 4.0]])
        tensor([25.])
    """
    y_true, y_pred = aligned(y_true, y_pred)
    return 100.0 * last_mean(((y_true - y_pred) / y_true.abs().clamp(min=config.epsilon())).abs())


@operation
def mean_squared_logarithmic_error(y_true: Any, y_pred: Any) -> torch.Tensor:
    """Mean of ``(log(y_true + 1) - log(y_pred + 1)) ** 2`` over the last axis, both at least ``epsilon``.

    Args:
        y_true: Targets, shape ``(batch, ..., units)``.
        y_pred: Predictions of the same shape.

    Returns:
        Shape ``(batch, ...)``.

    Raises:
        ValueError: the shapes cannot be broadcast together.

    Example:
        >>> mean_squared_logarithmic_error([[0.0]], [[0.0]])
        tensor([0.])
    """
    y_true, y_pred = aligned(y_true, y_pred)
    smallest = config.epsilon()
    return last_mean((y_pred.clamp(min=smallest).add(1.0).log() - y_true.clamp(min=smallest).add(1.0).log()).square())


@operation
def huber(y_true: Any, y_pred: Any, delta: float = 1.0) -> torch.Tensor:
    """Huber loss, mean over the last axis: half the square of errors up to ``delta``, a straight line beyond.

    ``0.5 * e ** 2`` where ``abs(e) <= delta``, else ``delta * abs(e) - 0.5 * delta ** 2``.

    Args:
        y_true: Targets, shape ``(batch, ..., units)``.
        y_pred: Predictions of the same shape.
        delta: Where the square ends, positive.

    Returns:
        Shape ``(batch, ...)``.

    Raises:
        ValueError: the shapes cannot be broadcast together.

    Example:
        >>> huber([[0.0, 0.0]], [[1.0, 3.0]])
        tensor([1.5000])

    Source: Huber 1964, Robust Estimation of a Location Parameter.
    """
    y_true, y_pred = aligned(y_true, y_pred)
    y_pred, y_true = torch.broadcast_tensors(y_pred, y_true)
    return last_mean(F.huber_loss(y_pred, y_true, reduction="none", delta=float(delta)))


@operation
def log_cosh(y_true: Any, y_pred: Any) -> torch.Tensor:
    """Logarithm of the hyperbolic cosine of the error: ``mean(log(cosh(y_pred - y_true)))`` over the last axis.

    Args:
        y_true: Targets, shape ``(batch, ..., units)``.
        y_pred: Predictions of the same shape.

    Returns:
        Shape ``(batch, ...)``.

    Raises:
        ValueError: the shapes cannot be broadcast together.

    Example:
        >>> log_cosh([[0.0, 0.0]], [[0.0, 1.0]])
        tensor([0.2169])
    """
    y_true, y_pred = aligned(y_true, y_pred)
    error = y_pred - y_true
    # log(cosh(x)) = x + log(1 + exp(-2x)) - log(2), without the overflow of cosh.
    return last_mean(error + F.softplus(-2.0 * error) - math.log(2.0))


@operation
def cosine_similarity(y_true: Any, y_pred: Any, axis: int = -1) -> torch.Tensor:
    """Minus the cosine of the angle between targets and predictions along ``axis``.

    -1 is the same direction, 1 the opposite one, 0 also where one of the vectors is zero.

    Args:
        y_true: Targets, shape ``(batch, ..., units)``.
        y_pred: Predictions of the same shape.
        axis: Axis of the vectors.

    Returns:
        The shape without ``axis``.

    Raises:
        ValueError: the shapes cannot be broadcast together.

    Example:
        >>> cosine_similarity([[0.0, 2.0]], [[0.0, 3.0]])
        tensor([-1.])
    """
    y_true, y_pred = aligned(y_true, y_pred)
    return -(unit_vectors(y_true, axis) * unit_vectors(y_pred, axis)).sum(axis)


def unit_vectors(x: torch.Tensor, axis: int) -> torch.Tensor:
    """Divide by the Euclidean length along ``axis``; vectors of zero stay zero."""
    smallest = _SMALLEST_OF_FLOAT16 if x.dtype is torch.float16 else _SMALLEST_SQUARED_NORM
    return x * x.square().sum(axis, keepdim=True).clamp(min=smallest).rsqrt()


def last_mean(values: torch.Tensor) -> torch.Tensor:
    """Mean over the last axis; a number stays itself."""
    return values.mean(-1) if len(values.shape) else values


class MeanSquaredError(Loss):
    """Mean of the squared errors, ``mean((y_true - y_pred) ** 2)``.

    Args:
        reduction: As for :class:`~torchkeras_compat.losses.base.Loss`.
        name: Name.
        dtype: Dtype or policy to compute in.

    Example:
        >>> MeanSquaredError()([[0.0, 0.0]], [[1.0, 3.0]])
        tensor(5.)
    """

    fn = staticmethod(mean_squared_error)

    def __init__(
        self, reduction: str | None = "sum_over_batch_size", name: str = "mean_squared_error", dtype: Any = None
    ) -> None:
        super().__init__(name=name, reduction=reduction, dtype=dtype)

    def call(self, y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
        """Return the loss of each sample."""
        return mean_squared_error.__wrapped__(y_true, y_pred)

    def _reduced(self, y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
        # The mean of means over the last axis is the mean: one kernel.
        if self.reduction in MEANS and y_true.shape == y_pred.shape:
            return F.mse_loss(y_pred, y_true)
        return super()._reduced(y_true, y_pred)


class MeanAbsoluteError(Loss):
    """Mean of the absolute errors, ``mean(abs(y_true - y_pred))``.

    Args:
        reduction: As for :class:`~torchkeras_compat.losses.base.Loss`.
        name: Name.
        dtype: Dtype or policy to compute in.

    Example:
        >>> MeanAbsoluteError()([[0.0, 0.0]], [[1.0, 3.0]])
        tensor(2.)
    """

    fn = staticmethod(mean_absolute_error)

    def __init__(
        self, reduction: str | None = "sum_over_batch_size", name: str = "mean_absolute_error", dtype: Any = None
    ) -> None:
        super().__init__(name=name, reduction=reduction, dtype=dtype)

    def call(self, y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
        """Return the loss of each sample."""
        return mean_absolute_error.__wrapped__(y_true, y_pred)

    def _reduced(self, y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
        if self.reduction in MEANS and y_true.shape == y_pred.shape:
            return F.l1_loss(y_pred, y_true)
        return super()._reduced(y_true, y_pred)


class MeanAbsolutePercentageError(Loss):
    """Mean of the errors in percent, ``100 * mean(abs((y_true - y_pred) / max(abs(y_true), epsilon)))``.

    Args:
        reduction: As for :class:`~torchkeras_compat.losses.base.Loss`.
        name: Name.
        dtype: Dtype or policy to compute in.

    Example:
        >>> MeanAbsolutePercentageError()([[2.0, 4.0]], [[1.0, 4.0]])
        tensor(25.)
    """

    fn = staticmethod(mean_absolute_percentage_error)

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str = "mean_absolute_percentage_error",
        dtype: Any = None,
    ) -> None:
        super().__init__(name=name, reduction=reduction, dtype=dtype)

    def call(self, y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
        """Return the loss of each sample."""
        return mean_absolute_percentage_error.__wrapped__(y_true, y_pred)


class MeanSquaredLogarithmicError(Loss):
    """Mean of ``(log(y_true + 1) - log(y_pred + 1)) ** 2``.

    Args:
        reduction: As for :class:`~torchkeras_compat.losses.base.Loss`.
        name: Name.
        dtype: Dtype or policy to compute in.

    Example:
        >>> MeanSquaredLogarithmicError()([[0.0]], [[0.0]])
        tensor(0.)
    """

    fn = staticmethod(mean_squared_logarithmic_error)

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str = "mean_squared_logarithmic_error",
        dtype: Any = None,
    ) -> None:
        super().__init__(name=name, reduction=reduction, dtype=dtype)

    def call(self, y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
        """Return the loss of each sample."""
        return mean_squared_logarithmic_error.__wrapped__(y_true, y_pred)


class Huber(Loss):
    """Huber loss: half the square of errors up to ``delta``, a straight line beyond.

    Args:
        delta: Where the square ends, positive.
        reduction: As for :class:`~torchkeras_compat.losses.base.Loss`.
        name: Name.
        dtype: Dtype or policy to compute in.

    Raises:
        ValueError: ``delta`` is not a positive number.

    Example:
        >>> Huber()([[0.0, 0.0]], [[1.0, 3.0]])
        tensor(1.5000)

    Source: Huber 1964, Robust Estimation of a Location Parameter.
    """

    fn = staticmethod(huber)

    def __init__(
        self,
        delta: float = 1.0,
        reduction: str | None = "sum_over_batch_size",
        name: str = "huber_loss",
        dtype: Any = None,
    ) -> None:
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        if not isinstance(delta, (int, float)) or delta <= 0:
            raise ValueError(f"`delta` must be a positive number. Received: delta={delta!r}")
        self.delta = delta

    def call(self, y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
        """Return the loss of each sample."""
        return huber.__wrapped__(y_true, y_pred, self.delta)

    def _reduced(self, y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
        if self.reduction in MEANS and y_true.shape == y_pred.shape:
            return F.huber_loss(y_pred, y_true, delta=float(self.delta))
        return super()._reduced(y_true, y_pred)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "delta": self.delta}


class LogCosh(Loss):
    """Logarithm of the hyperbolic cosine of the error, ``mean(log(cosh(y_pred - y_true)))``.

    Args:
        reduction: As for :class:`~torchkeras_compat.losses.base.Loss`.
        name: Name.
        dtype: Dtype or policy to compute in.

    Example:
        >>> LogCosh()([[0.0, 0.0]], [[0.0, 1.0]])
        tensor(0.2169)
    """

    fn = staticmethod(log_cosh)

    def __init__(
        self, reduction: str | None = "sum_over_batch_size", name: str = "log_cosh", dtype: Any = None
    ) -> None:
        super().__init__(name=name, reduction=reduction, dtype=dtype)

    def call(self, y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
        """Return the loss of each sample."""
        return log_cosh.__wrapped__(y_true, y_pred)


class CosineSimilarity(Loss):
    """Minus the cosine of the angle between targets and predictions: -1 is the same direction.

    Args:
        axis: Axis of the vectors.
        reduction: As for :class:`~torchkeras_compat.losses.base.Loss`.
        name: Name.
        dtype: Dtype or policy to compute in.

    Example:
        >>> CosineSimilarity()([[0.0, 2.0]], [[0.0, 3.0]])
        tensor(-1.)
    """

    fn = staticmethod(cosine_similarity)

    def __init__(
        self,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str = "cosine_similarity",
        dtype: Any = None,
    ) -> None:
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        self.axis = axis

    def call(self, y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
        """Return the loss of each sample."""
        return cosine_similarity.__wrapped__(y_true, y_pred, self.axis)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "axis": self.axis}
