"""Losses of segmentation: how little two regions overlap."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat import config
from torchkeras_compat.losses.alignment import aligned
from torchkeras_compat.losses.base import Loss
from torchkeras_compat.symbolic.operation import operation


def _sum(x: torch.Tensor, axis: int | Sequence[int] | None) -> torch.Tensor:
    return x.sum() if axis is None else x.sum(axis if isinstance(axis, int) else tuple(axis))


@operation
def dice(y_true: Any, y_pred: Any, axis: int | Sequence[int] | None = None) -> torch.Tensor:
    """One minus the Dice coefficient: ``1 - 2 * sum(y_true * y_pred) / (sum(y_true) + sum(y_pred))``.

    Args:
        y_true: Regions, 0 or 1 for each point, shape ``(batch, ...)``.
        y_pred: Probabilities of 1, of the same shape.
        axis: Axes of the points of one region, an int or a sequence of ints; None for all, the batch too.

    Returns:
        The shape without ``axis``; a number for None.

    Raises:
        ValueError: the shapes cannot be broadcast together.

    Example:
        >>> dice([[1.0, 0.0]], [[0.5, 0.5]])
        tensor(0.5000)

    Source: Milletari et al. 2016, V-Net, without squares in the denominator.
    """
    y_true, y_pred = aligned(y_true, y_pred)
    common = _sum(y_true * y_pred, axis)
    return 1.0 - 2.0 * common / (_sum(y_true, axis) + _sum(y_pred, axis) + config.epsilon())


@operation
def tversky(
    y_true: Any, y_pred: Any, alpha: float = 0.5, beta: float = 0.5, axis: int | Sequence[int] | None = None
) -> torch.Tensor:
    """One minus the Tversky index: ``1 - common / (common + alpha * missed + beta * invented)``.

    ``common`` is ``sum(y_true * y_pred)``, ``missed`` what of ``sum(y_true)`` it leaves, ``invented`` what of
    ``sum(y_pred)``. Both factors 0.5 give the Dice loss.

    Args:
        y_true: Regions, 0 or 1 for each point, shape ``(batch, ...)``.
        y_pred: Probabilities of 1, of the same shape.
        alpha: Factor of the missed points.
        beta: Factor of the invented points.
        axis: Axes of the points of one region, an int or a sequence of ints; None for all, the batch too.

    Returns:
        The shape without ``axis``; a number for None.

    Raises:
        ValueError: the shapes cannot be broadcast together.

    Example:
        >>> tversky([[1.0, 0.0]], [[0.5, 0.5]])
        tensor(0.5000)

    Source: Salehi et al. 2017, Tversky loss function for image segmentation.
    """
    y_true, y_pred = aligned(y_true, y_pred)
    if y_true.shape != y_pred.shape:  # a point that is broadcast counts as often as it is compared
        y_true, y_pred = torch.broadcast_tensors(y_true, y_pred)
    common = _sum(y_true * y_pred, axis)
    missed, invented = _sum(y_true, axis) - common, _sum(y_pred, axis) - common
    return 1.0 - common / (common + alpha * missed + beta * invented + config.epsilon())


class Dice(Loss):
    """One minus the Dice coefficient.

    Args:
        reduction: As for :class:`~torchkeras_compat.losses.base.Loss`.
        name: Name.
        axis: Axes of the points of one region; None for all, the batch too.
        dtype: Dtype or policy to compute in.

    Example:
        >>> Dice()([[1.0, 0.0]], [[0.5, 0.5]])
        tensor(0.5000)
    """

    fn = staticmethod(dice)

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str = "dice",
        axis: int | Sequence[int] | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        self.axis = axis

    def call(self, y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
        """Return the loss of each region."""
        return dice.__wrapped__(y_true, y_pred, self.axis)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "axis": self.axis}


class Tversky(Loss):
    """One minus the Tversky index.

    Args:
        alpha: Factor of the points that the prediction misses.
        beta: Factor of the points that it invents.
        reduction: As for :class:`~torchkeras_compat.losses.base.Loss`.
        name: Name.
        axis: Axes of the points of one region; None for all, the batch too.
        dtype: Dtype or policy to compute in.

    Example:
        >>> Tversky(alpha=1.0, beta=1.0)([[1.0, 0.0]], [[0.5, 0.5]])
        tensor(0.6667)
    """

    fn = staticmethod(tversky)

    def __init__(
        self,
        alpha: float = 0.5,
        beta: float = 0.5,
        reduction: str | None = "sum_over_batch_size",
        name: str = "tversky",
        axis: int | Sequence[int] | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        self.alpha = alpha
        self.beta = beta
        self.axis = axis

    def call(self, y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
        """Return the loss of each region."""
        return tversky.__wrapped__(y_true, y_pred, self.alpha, self.beta, self.axis)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "alpha": self.alpha, "beta": self.beta, "axis": self.axis}
