"""Focal crossentropies: samples that are predicted well count less."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.losses.alignment import as_float, of_same_shape, squeeze_or_expand_to_same_rank
from torchkeras_compat.losses.base import Loss
from torchkeras_compat.losses.crossentropy import smoothed, warn_of_one_class
from torchkeras_compat.losses.regression import last_mean
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.ops.crossentropy import binary_crossentropy, clipped
from torchkeras_compat.symbolic.operation import operation


@operation
def binary_focal_crossentropy(
    y_true: Any,
    y_pred: Any,
    apply_class_balancing: bool = False,
    alpha: float = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> torch.Tensor:
    """Binary crossentropy times ``(1 - p) ** gamma``, p the probability of the right answer; mean over ``axis``.

    Args:
        y_true: 0 or 1, shape ``(batch, ..., outputs)``.
        y_pred: Probabilities of 1, of the same shape, or logits.
        apply_class_balancing: Whether targets 1 weigh ``alpha`` and targets 0 ``1 - alpha``.
        alpha: Weight of the targets 1, in [0, 1].
        gamma: How much less well predicted samples count; 0 gives the plain crossentropy.
        from_logits: Whether ``y_pred`` holds logits.
        label_smoothing: Share in [0, 1] by which targets move towards 0.5.
        axis: Axis to average.

    Returns:
        Shape ``(batch, ...)``.

    Raises:
        ValueError: the shapes differ in more than a trailing axis of size one.

    Example:
        >>> binary_focal_crossentropy([[1.0]], [[0.5]])
        tensor([0.1733])

    Source: Lin et al. 2018, Focal Loss for Dense Object Detection, eq. 4 and 5.
    """
    y_pred = as_float(convert_to_tensor(y_pred))
    y_true = smoothed(convert_to_tensor(y_true).to(y_pred.dtype), label_smoothing, 2)
    y_true, y_pred = of_same_shape(y_true, y_pred)
    if from_logits:
        y_pred = torch.sigmoid(y_pred)
    right = y_true * y_pred + (1.0 - y_true) * (1.0 - y_pred)
    values = (1.0 - right).pow(gamma) * binary_crossentropy.__wrapped__(y_true, y_pred)
    if apply_class_balancing:
        values = values * (y_true * alpha + (1.0 - y_true) * (1.0 - alpha))
    return last_mean(values) if axis == -1 else values.mean(axis)


@operation
def categorical_focal_crossentropy(
    y_true: Any,
    y_pred: Any,
    alpha: Any = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> torch.Tensor:
    """Crossentropy with one-hot targets, each term times ``alpha * (1 - p) ** gamma``; sum over ``axis``.

    Args:
        y_true: Probabilities of the classes, shape ``(batch, ..., classes)``.
        y_pred: Predicted probabilities of the same shape, or logits.
        alpha: Weight of all classes, or a sequence with one for each.
        gamma: How much less well predicted samples count; 0 gives the plain crossentropy times ``alpha``.
        from_logits: Whether ``y_pred`` holds logits.
        label_smoothing: Share in [0, 1] of each target that is spread over all classes.
        axis: Axis of the classes.

    Returns:
        Shape ``(batch, ...)``.

    Raises:
        ValueError: the shapes differ in more than a trailing axis of size one.

    Example:
        >>> categorical_focal_crossentropy([[0.0, 1.0]], [[0.5, 0.5]])
        tensor([0.0433])

    Source: Lin et al. 2018, Focal Loss for Dense Object Detection, eq. 5.
    """
    y_pred = as_float(convert_to_tensor(y_pred))
    y_true = convert_to_tensor(y_true).to(y_pred.dtype)
    y_true, y_pred = of_same_shape(y_true, y_pred)
    warn_of_one_class(y_pred, axis)
    y_true = smoothed(y_true, label_smoothing, y_pred.shape[axis])
    p = torch.softmax(y_pred, axis) if from_logits else y_pred / y_pred.sum(axis, keepdim=True)
    p = clipped(p)
    if not isinstance(alpha, (int, float)):
        alpha = convert_to_tensor(alpha).to(y_pred)
    return -((1.0 - p).pow(gamma) * alpha * y_true * p.log()).sum(axis)


class _FocalLoss(Loss):
    def __init__(
        self,
        alpha: Any,
        gamma: float,
        from_logits: bool,
        label_smoothing: float,
        axis: int,
        reduction: str | None,
        name: str,
        dtype: Any,
    ) -> None:
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        self.alpha = alpha
        self.gamma = gamma
        self.from_logits = from_logits
        self.label_smoothing = label_smoothing
        self.axis = axis

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            **super().get_config(),
            "from_logits": self.from_logits,
            "label_smoothing": self.label_smoothing,
            "axis": self.axis,
            "alpha": self.alpha,
            "gamma": self.gamma,
        }


class BinaryFocalCrossentropy(_FocalLoss):
    """Binary crossentropy in which well predicted samples count less: times ``(1 - p) ** gamma``.

    Args:
        apply_class_balancing: Whether targets 1 weigh ``alpha`` and targets 0 ``1 - alpha``.
        alpha: Weight of the targets 1, in [0, 1].
        gamma: How much less well predicted samples count.
        from_logits: Whether predictions are logits.
        label_smoothing: Share in [0, 1] by which targets move towards 0.5.
        axis: Axis to average.
        reduction: As for :class:`~torchkeras_compat.losses.base.Loss`.
        name: Name.
        dtype: Dtype or policy to compute in.

    Example:
        >>> BinaryFocalCrossentropy()([[1.0]], [[0.5]])
        tensor(0.1733)

    Source: Lin et al. 2018, Focal Loss for Dense Object Detection.
    """

    fn = staticmethod(binary_focal_crossentropy)

    def __init__(
        self,
        apply_class_balancing: bool = False,
        alpha: float = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str = "binary_focal_crossentropy",
        dtype: Any = None,
    ) -> None:
        super().__init__(alpha, gamma, from_logits, label_smoothing, axis, reduction, name, dtype)
        self.apply_class_balancing = apply_class_balancing

    def call(self, y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
        """Return the loss of each sample."""
        y_true, y_pred = squeeze_or_expand_to_same_rank(y_true, y_pred)
        return binary_focal_crossentropy(
            y_true,
            y_pred,
            self.apply_class_balancing,
            self.alpha,
            self.gamma,
            self.from_logits,
            self.label_smoothing,
            self.axis,
        )

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        config = super().get_config()
        last = {name: config.pop(name) for name in ("alpha", "gamma")}  # as in Keras's configs
        return {**config, "apply_class_balancing": self.apply_class_balancing, **last}


class CategoricalFocalCrossentropy(_FocalLoss):
    """Crossentropy with one-hot targets in which well predicted samples count less.

    Args:
        alpha: Weight of all classes, or a sequence with one for each.
        gamma: How much less well predicted samples count.
        from_logits: Whether predictions are logits.
        label_smoothing: Share in [0, 1] of each target that is spread over all classes.
        axis: Axis of the classes.
        reduction: As for :class:`~torchkeras_compat.losses.base.Loss`.
        name: Name.
        dtype: Dtype or policy to compute in.

    Example:
        >>> CategoricalFocalCrossentropy()([[0.0, 1.0]], [[0.5, 0.5]])
        tensor(0.0433)

    Source: Lin et al. 2018, Focal Loss for Dense Object Detection.
    """

    fn = staticmethod(categorical_focal_crossentropy)

    def __init__(
        self,
        alpha: Any = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str = "categorical_focal_crossentropy",
        dtype: Any = None,
    ) -> None:
        super().__init__(alpha, gamma, from_logits, label_smoothing, axis, reduction, name, dtype)

    def call(self, y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
        """Return the loss of each sample."""
        y_true, y_pred = squeeze_or_expand_to_same_rank(y_true, y_pred)
        return categorical_focal_crossentropy(
            y_true, y_pred, self.alpha, self.gamma, self.from_logits, self.label_smoothing, self.axis
        )
