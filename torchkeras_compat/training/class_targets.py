"""Targets of torch's losses of classes: labels or class probabilities, with the classes on axis 1 or on the last."""

from __future__ import annotations

import torch
from torch import nn

from torchkeras_compat.user_warnings import warn_user

_TOLERANCE = 1e-3  # of sums of probabilities in half precision


class ClassTargets:
    """Brings the targets and predictions of a loss of classes into the form that torch's module takes.

    torch has the classes on axis 1, models of Keras have them on the last one. For labels the shapes say which; where
    both are possible, it is axis 1, with a warning. For class probabilities, such as one-hot targets, it is the axis
    along which those of the first batch sum to one, 1 before the last.

    Args:
        module: `nn.CrossEntropyLoss`, `nn.NLLLoss` or `nn.MultiMarginLoss`.

    Example:
        >>> fitted = ClassTargets(nn.CrossEntropyLoss())
        >>> target, prediction = fitted(torch.zeros(2, 8, 8, 1), torch.zeros(2, 8, 8, 3))
        >>> target.shape, target.dtype, prediction.shape
        (torch.Size([2, 8, 8]), torch.int64, torch.Size([2, 3, 8, 8]))
    """

    def __init__(self, module: nn.Module) -> None:
        self.module = module
        self._has_warned = False
        self._probabilities_are_last: bool | None = None  # until there are probabilities of more than two axes

    def __call__(self, y_true: torch.Tensor, y_pred: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the target and the prediction that the module takes.

        Raises:
            ValueError: the shapes do not fit.
        """
        if y_true.shape == y_pred.shape and self._takes_probabilities(y_true, y_pred):
            return self._as_probabilities(y_true, y_pred)
        first = y_pred.shape[:1] + y_pred.shape[2:] if y_pred.ndim > 1 else y_pred.shape[:0]
        last = y_pred.shape[:-1]
        if y_pred.ndim > 2 and first == last and y_true.shape.numel() == first.numel():
            self._warn_of_both(y_pred)
        for shape in (first, last) if y_pred.ndim > 2 else (first,):
            if y_true.shape == shape or _is_the_same_without_ones(y_true.shape, shape):
                target = y_true.reshape(shape)
                prediction = y_pred if shape is first else y_pred.movedim(-1, 1)
                return target if target.dtype is torch.int64 else target.long(), prediction
        raise ValueError(
            f"{type(self.module).__name__} takes labels of shape {tuple(first)} for predictions of shape"
            f" {tuple(y_pred.shape)}, whose classes lie on axis 1"
            f"{f', or of shape {tuple(last)} with the classes on the last axis' if y_pred.ndim > 2 else ''}. Received:"
            f" y_true.shape={tuple(y_true.shape)}. Give integer labels (`y.argmax(-1)` of one-hot targets), or use a"
            " loss of keras.losses."
        )

    def _takes_probabilities(self, y_true: torch.Tensor, y_pred: torch.Tensor) -> bool:
        if not isinstance(self.module, nn.CrossEntropyLoss):
            return False
        return y_true.is_floating_point() or y_pred.ndim > 1

    def _as_probabilities(self, y_true: torch.Tensor, y_pred: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        target = y_true if y_true.is_floating_point() else y_true.to(y_pred.dtype)
        if y_pred.ndim < 3:
            return target, y_pred
        if self._probabilities_are_last is None:  # waits for the device, once
            self._probabilities_are_last = not _sum_to_one(target, 1) and _sum_to_one(target, -1)
        return (target.movedim(-1, 1), y_pred.movedim(-1, 1)) if self._probabilities_are_last else (target, y_pred)

    def _warn_of_both(self, y_pred: torch.Tensor) -> None:
        if not self._has_warned:
            self._has_warned = True
            warn_user(
                f"{type(self.module).__name__} takes the classes of predictions of shape {tuple(y_pred.shape)} on axis"
                " 1, as torch does; they may as well lie on the last one. If they do, use"
                " keras.losses.SparseCategoricalCrossentropy(from_logits=True), or permute the output."
            )


def _is_the_same_without_ones(shape: torch.Size, other: torch.Size) -> bool:
    return shape.numel() == other.numel() and [s for s in shape if s != 1] == [s for s in other if s != 1]


def _sum_to_one(probabilities: torch.Tensor, axis: int) -> bool:
    return bool(((probabilities.detach().float().sum(axis) - 1).abs() < _TOLERANCE).all())
