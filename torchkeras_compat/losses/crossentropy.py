"""Crossentropies, on probabilities by default, on logits where asked."""

from __future__ import annotations

from typing import Any

import torch
from torch.nn import functional

from torchkeras_compat import config
from torchkeras_compat.losses.base import Loss
from torchkeras_compat.losses.regression import last_mean
from torchkeras_compat.ops.conversion import convert_to_tensor


def _smooth(y_true: torch.Tensor, label_smoothing: float, classes: int) -> torch.Tensor:
    return y_true * (1.0 - label_smoothing) + label_smoothing / classes if label_smoothing else y_true


def _log_probabilities(y_pred: torch.Tensor, from_logits: bool, axis: int) -> torch.Tensor:
    """Log of the probabilities, normalised to sum 1 and clipped at epsilon, as Keras defines them."""
    if from_logits:
        return torch.log_softmax(y_pred, axis)
    y_pred = y_pred / y_pred.sum(axis, keepdim=True)
    return y_pred.clamp(config.epsilon(), 1.0 - config.epsilon()).log()


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
        ValueError: the shapes differ.

    Example:
        >>> categorical_crossentropy([[0.0, 1.0]], [[0.25, 0.75]])
        tensor([0.2877])

    Source: Keras API, losses/categorical_crossentropy.
    """
    y_pred = convert_to_tensor(y_pred)
    y_true = convert_to_tensor(y_true).to(y_pred.dtype)
    if y_true.shape != y_pred.shape:
        raise ValueError(
            "Arguments `target` and `output` must have the same shape. "
            f"Received: target.shape={tuple(y_true.shape)}, output.shape={tuple(y_pred.shape)}. "
            "For integer targets use sparse_categorical_crossentropy, or one-hot them with `utils.to_categorical`."
        )
    y_true = _smooth(y_true, label_smoothing, y_pred.shape[axis])
    return -(y_true * _log_probabilities(y_pred, from_logits, axis)).sum(axis)


def sparse_categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, ignore_class: int | None = None, axis: int = -1
) -> torch.Tensor:
    """Crossentropy with integer targets: ``-log(y_pred[y_true])``.

    Args:
        y_true: Class numbers, shape ``(batch, ...)`` or with a last axis of size one.
        y_pred: Predicted probabilities, shape ``(batch, ..., classes)``, or logits.
        from_logits: Whether ``y_pred`` holds logits.
        ignore_class: Class number whose loss is 0.
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
    y_pred = convert_to_tensor(y_pred)
    y_true = convert_to_tensor(y_true)
    if y_true.ndim == y_pred.ndim and y_true.shape[-1] == 1:
        y_true = y_true.squeeze(-1)
    axis = axis % y_pred.ndim
    expected = tuple(s for i, s in enumerate(y_pred.shape) if i != axis)
    if tuple(y_true.shape) != expected:
        raise ValueError(
            "Argument `output` must have one axis more than `target`, that of the classes. "
            f"Received: target.shape={tuple(y_true.shape)}, output.shape={tuple(y_pred.shape)}"
        )
    target = y_true.long()
    valid = None if ignore_class is None else target != ignore_class
    if valid is not None:
        target = target * valid
    log_p = _log_probabilities(y_pred, from_logits, axis)
    if y_pred.ndim == 2:
        values = functional.nll_loss(log_p, target, reduction="none")
    else:
        values = -log_p.gather(axis, target.unsqueeze(axis)).squeeze(axis)
    return values if valid is None else values * valid


sparse_categorical_crossentropy.takes_class_indices = True  # type: ignore[attr-defined]


def binary_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1
) -> torch.Tensor:
    """Crossentropy of yes-or-no targets, averaged over ``axis``.

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
    y_pred = convert_to_tensor(y_pred)
    y_true = convert_to_tensor(y_true).to(y_pred.dtype)
    y_true = _smooth(y_true, label_smoothing, 2)
    if y_true.shape != y_pred.shape:
        raise ValueError(
            "Arguments `target` and `output` must have the same shape. "
            f"Received: target.shape={tuple(y_true.shape)}, output.shape={tuple(y_pred.shape)}"
        )
    if from_logits:
        values = functional.binary_cross_entropy_with_logits(y_pred, y_true, reduction="none")
    else:
        y_pred = y_pred.clamp(config.epsilon(), 1.0 - config.epsilon())
        values = functional.binary_cross_entropy(y_pred, y_true, reduction="none")
    return last_mean(values) if axis in (-1, values.ndim - 1) else values.mean(axis)


class BinaryCrossentropy(Loss):
    """Crossentropy of yes-or-no targets.

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
        y_true, y_pred = _same_rank(y_true, y_pred)
        return binary_crossentropy(y_true, y_pred, self.from_logits, self.label_smoothing, self.axis)

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
        return categorical_crossentropy(y_true, y_pred, self.from_logits, self.label_smoothing, self.axis)

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
        ignore_class: Class number that does not count.
        reduction: As for :class:`~torchkeras_compat.losses.base.Loss`.
        axis: Axis of the classes.
        name: Name.
        dtype: Dtype or policy to compute in.

    Example:
        >>> SparseCategoricalCrossentropy()(torch.tensor([1]), torch.tensor([[0.25, 0.75]]))
        tensor(0.2877)
    """

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
        return sparse_categorical_crossentropy(y_true, y_pred, self.from_logits, self.ignore_class, self.axis)

    def _reduced(self, y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
        if self.ignore_class is not None:
            return self._general_call(y_true, y_pred, None)
        return super()._reduced(y_true, y_pred)

    def _mask(self, y_true: Any, mask: Any) -> Any:
        if self.ignore_class is None:
            return mask
        valid = convert_to_tensor(y_true) != self.ignore_class
        if mask is None:
            return valid
        return valid & (mask if mask.ndim == valid.ndim else mask.unsqueeze(-1))

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "from_logits": self.from_logits,
            "ignore_class": self.ignore_class,
            "axis": self.axis,
        }


def _same_rank(y_true: torch.Tensor, y_pred: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    if y_true.ndim == y_pred.ndim - 1 and y_pred.shape[-1] == 1:
        return y_true.unsqueeze(-1), y_pred
    if y_true.ndim == y_pred.ndim + 1 and y_true.shape[-1] == 1:
        return y_true.squeeze(-1), y_pred
    return y_true, y_pred
