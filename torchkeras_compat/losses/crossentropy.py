"""Crossentropies, on probabilities by default, on logits where asked."""

from __future__ import annotations

import math
from typing import Any

import torch
import torch.nn.functional as F

from torchkeras_compat import config
from torchkeras_compat.losses.alignment import as_float, of_same_shape, squeeze_or_expand_to_same_rank
from torchkeras_compat.losses.base import Loss
from torchkeras_compat.losses.labels import NOTHING_IGNORED, binary_labels_error, class_labels, labels_error
from torchkeras_compat.losses.reduction import MEANS
from torchkeras_compat.losses.regression import last_mean
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.ops.crossentropy import clipped, clipped_logits, log_probabilities
from torchkeras_compat.ops.logits import logits_of
from torchkeras_compat.symbolic.operation import operation
from torchkeras_compat.user_warnings import warn_user

# From this many classes on, taking the probability of the label first saves more than its two kernels cost.
_MANY_CLASSES = 64


def smoothed(y_true: torch.Tensor, label_smoothing: float, classes: int) -> torch.Tensor:
    """Return the targets moved by the share ``label_smoothing`` towards the same for all classes."""
    return y_true * (1.0 - label_smoothing) + label_smoothing / classes if label_smoothing else y_true


def warn_of_one_class(y_pred: torch.Tensor, axis: int) -> None:
    """Warn that crossentropy over one class is always 0."""
    if y_pred.shape[axis] == 1:
        warn_user(
            f"The predictions have one class: y_pred.shape={tuple(y_pred.shape)}. Over one class a categorical"
            " crossentropy is 0 and nothing is learnt. Use 'binary_crossentropy' for two classes, or one unit a class.",
            SyntaxWarning,
        )


@operation
def categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1
) -> torch.Tensor:
    """Crossentropy with one-hot targets: ``-sum(y_true * log(y_pred))`` over ``axis``.

    Args:
        y_true: Probabilities of the classes, shape ``(batch, ..., classes)``.
        y_pred: Predicted probabilities of the same shape, or logits.
        from_logits: Whether ``y_pred`` holds logits.
        label_smoothing: Share in [0, 1] of each target that is spread over all classes.
        axis: Axis of the classes.

    Returns:
        Shape ``(batch, ...)``.

    Raises:
        ValueError: the shapes differ in more than a trailing axis of size one.

    Example:
        >>> categorical_crossentropy([[0.0, 1.0]], [[0.25, 0.75]])
        tensor([0.2877])

    Source: Keras API, losses/categorical_crossentropy.
    """
    y_pred = as_float(convert_to_tensor(y_pred))
    y_true = convert_to_tensor(y_true).to(y_pred.dtype)
    y_true, y_pred = of_same_shape(y_true, y_pred)
    warn_of_one_class(y_pred, axis)
    y_true = smoothed(y_true, label_smoothing, y_pred.shape[axis])
    return -(y_true * log_probabilities(y_pred, from_logits, axis)).sum(axis)


@operation
def sparse_categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, ignore_class: int | None = None, axis: int = -1
) -> torch.Tensor:
    """Crossentropy with integer targets: ``-log(y_pred[y_true])``.

    Args:
        y_true: Integer class labels, shape ``(batch, ...)`` or with a last axis of size one.
        y_pred: Predicted probabilities, shape ``(batch, ..., classes)``, or logits.
        from_logits: Whether ``y_pred`` holds logits.
        ignore_class: Integer class label whose loss is 0, whatever the prediction, NaN too.
        axis: Axis of the classes.

    Returns:
        Shape ``(batch, ...)``.

    Raises:
        ValueError: the shapes do not fit.

    Example:
        >>> sparse_categorical_crossentropy(torch.tensor([1]), torch.tensor([[0.25, 0.75]]))
        tensor([0.2877])

    Source: Keras API, losses/sparse_categorical_crossentropy.
    """
    y_pred = as_float(convert_to_tensor(y_pred))
    axis = axis % y_pred.ndim
    labels = class_labels(convert_to_tensor(y_true), y_pred, axis)
    valid = None if ignore_class is None else labels != ignore_class
    if valid is not None:
        labels = labels * valid
        # Ones in place of predictions that do not count: they may be NaN or infinite, and times 0 that is NaN.
        y_pred = torch.where(valid.unsqueeze(axis), y_pred, 1.0)
    values = _of_labels(labels, y_pred, from_logits, axis, "none")
    if valid is not None:
        values = torch.where(valid, values, 0.0)
        values._keras_mask = valid  # type: ignore[attr-defined]
    return values


def _of_labels(
    labels: torch.Tensor, y_pred: torch.Tensor, from_logits: bool, axis: int, reduction: str
) -> torch.Tensor:
    """Crossentropy with integer class labels in int64; ``reduction`` is torch's, for an output of two axes."""
    try:
        logits = None if from_logits else logits_of(y_pred, axis - y_pred.ndim)
        if logits is not None:
            # The label first: clipping is then one number a sample.
            values = torch.log_softmax(logits, axis, y_pred.dtype).gather(axis, labels.unsqueeze(axis))
            values = values.clamp_min(math.log(config.epsilon()))
        elif y_pred.ndim == 2 and axis == 1 and (from_logits or y_pred.shape[1] < _MANY_CLASSES):
            if from_logits:
                return F.cross_entropy(y_pred, labels, ignore_index=NOTHING_IGNORED, reduction=reduction)
            log_p = log_probabilities(y_pred, False, 1)
            return F.nll_loss(log_p, labels, ignore_index=NOTHING_IGNORED, reduction=reduction)
        else:
            if from_logits:
                y_pred = torch.log_softmax(y_pred, axis)
            values = y_pred.gather(axis, labels.unsqueeze(axis))
            if not from_logits:
                values = clipped(values / y_pred.sum(axis, keepdim=True)).log()
    except (IndexError, RuntimeError) as error:
        explained = labels_error(labels, y_pred.shape[axis])
        if explained is None:
            raise
        raise explained from error
    values = -values.squeeze(axis)
    return values if reduction == "none" else values.mean()


sparse_categorical_crossentropy.takes_class_indices = True


@operation
def binary_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1
) -> torch.Tensor:
    """Crossentropy of binary targets, averaged over ``axis``.

    Args:
        y_true: 0 or 1, shape ``(batch, ..., outputs)``.
        y_pred: Probabilities of 1, of the same shape, or logits.
        from_logits: Whether ``y_pred`` holds logits.
        label_smoothing: Share in [0, 1] by which targets move towards 0.5.
        axis: Axis to average.

    Returns:
        Shape ``(batch, ...)``.

    Example:
        >>> binary_crossentropy([[1.0]], [[0.5]])
        tensor([0.6931])

    Source: Keras API, losses/binary_crossentropy.
    """
    y_pred = as_float(convert_to_tensor(y_pred))
    y_true = smoothed(convert_to_tensor(y_true).to(y_pred.dtype), label_smoothing, 2)
    y_true, y_pred = of_same_shape(y_true, y_pred)
    values = _binary(y_true, y_pred, from_logits, "none")
    return last_mean(values) if axis in (-1, values.ndim - 1) else values.mean(axis)


def _binary(y_true: torch.Tensor, y_pred: torch.Tensor, from_logits: bool, reduction: str) -> torch.Tensor:
    logits = y_pred if from_logits else clipped_logits(y_pred)
    if logits is not None:
        return F.binary_cross_entropy_with_logits(logits, y_true, reduction=reduction)
    try:
        return F.binary_cross_entropy(clipped(y_pred), y_true, reduction=reduction)
    except RuntimeError as error:
        if "between 0 and 1" not in str(error):
            raise
        raise binary_labels_error(y_true) from error


class BinaryCrossentropy(Loss):
    """Crossentropy of binary targets.

    Args:
        from_logits: Whether predictions are logits.
        label_smoothing: Share in [0, 1] by which targets move towards 0.5.
        axis: Axis to average.
        reduction: As for :class:`~torchkeras_compat.losses.base.Loss`.
        name: Name.
        dtype: Dtype or policy to compute in.

    Example:
        >>> BinaryCrossentropy()([[1.0]], [[0.5]])
        tensor(0.6931)
    """

    fn = staticmethod(binary_crossentropy)

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str = "binary_crossentropy",
        dtype: Any = None,
    ) -> None:
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        self.from_logits = from_logits
        self.label_smoothing = label_smoothing
        self.axis = axis

    def call(self, y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
        """Return the loss of each sample."""
        y_true, y_pred = squeeze_or_expand_to_same_rank(y_true, y_pred)
        return binary_crossentropy.__wrapped__(y_true, y_pred, self.from_logits, self.label_smoothing, self.axis)

    def _reduced(self, y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
        # The mean of means over one axis is the mean: one kernel.
        if self.reduction in MEANS and y_true.shape == y_pred.shape:
            return _binary(smoothed(y_true, self.label_smoothing, 2), y_pred, self.from_logits, "mean")
        return super()._reduced(y_true, y_pred)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "from_logits": self.from_logits,
            "label_smoothing": self.label_smoothing,
            "axis": self.axis,
        }


class CategoricalCrossentropy(Loss):
    """Crossentropy with one-hot targets.

    Args:
        from_logits: Whether predictions are logits.
        label_smoothing: Share in [0, 1] of each target that is spread over all classes.
        axis: Axis of the classes.
        reduction: As for :class:`~torchkeras_compat.losses.base.Loss`.
        name: Name.
        dtype: Dtype or policy to compute in.

    Example:
        >>> CategoricalCrossentropy()([[0.0, 1.0]], [[0.25, 0.75]])
        tensor(0.2877)
    """

    fn = staticmethod(categorical_crossentropy)

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str = "categorical_crossentropy",
        dtype: Any = None,
    ) -> None:
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        self.from_logits = from_logits
        self.label_smoothing = label_smoothing
        self.axis = axis

    def call(self, y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
        """Return the loss of each sample."""
        y_true, y_pred = squeeze_or_expand_to_same_rank(y_true, y_pred)
        return categorical_crossentropy.__wrapped__(y_true, y_pred, self.from_logits, self.label_smoothing, self.axis)

    def _reduced(self, y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
        shape = y_pred.shape
        if (
            self.reduction in MEANS
            and y_true.shape == shape
            and len(shape) == 2
            and shape[1] > 1
            and self.axis in (-1, 1)
        ):
            if self.from_logits:
                return F.cross_entropy(y_pred, y_true, label_smoothing=self.label_smoothing)
            y_true = smoothed(y_true, self.label_smoothing, shape[1])
            return (y_true * log_probabilities(y_pred, False, 1)).sum() / -shape[0]
        return super()._reduced(y_true, y_pred)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "from_logits": self.from_logits,
            "label_smoothing": self.label_smoothing,
            "axis": self.axis,
        }


class SparseCategoricalCrossentropy(Loss):
    """Crossentropy with integer targets.

    Args:
        from_logits: Whether predictions are logits.
        ignore_class: Integer class label that does not count.
        reduction: As for :class:`~torchkeras_compat.losses.base.Loss`.
        axis: Axis of the classes.
        name: Name.
        dtype: Dtype or policy to compute in.

    Example:
        >>> SparseCategoricalCrossentropy()(torch.tensor([1]), torch.tensor([[0.25, 0.75]]))
        tensor(0.2877)
    """

    fn = staticmethod(sparse_categorical_crossentropy)

    _casts_y_true = False

    def __init__(
        self,
        from_logits: bool = False,
        ignore_class: int | None = None,
        reduction: str | None = "sum_over_batch_size",
        axis: int = -1,
        name: str = "sparse_categorical_crossentropy",
        dtype: Any = None,
    ) -> None:
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        self.from_logits = from_logits
        self.ignore_class = ignore_class
        self.axis = axis

    def call(self, y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
        """Return the loss of each sample."""
        return sparse_categorical_crossentropy.__wrapped__(
            y_true, y_pred, self.from_logits, self.ignore_class, self.axis
        )

    def _reduced(self, y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
        if self.reduction in MEANS and self.ignore_class is None:
            axis = self.axis % y_pred.ndim
            return _of_labels(class_labels(y_true, y_pred, axis), y_pred, self.from_logits, axis, "mean")
        return super()._reduced(y_true, y_pred)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "from_logits": self.from_logits,
            "ignore_class": self.ignore_class,
            "axis": self.axis,
        }
