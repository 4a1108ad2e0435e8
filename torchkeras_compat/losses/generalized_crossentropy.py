"""A crossentropy that wrong labels disturb less."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.losses.alignment import as_float
from torchkeras_compat.losses.base import Loss
from torchkeras_compat.losses.labels import class_labels, labels_error
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.symbolic.operation import operation


@operation
def categorical_generalized_cross_entropy(y_true: Any, y_pred: Any, q: float) -> torch.Tensor:
    """``(1 - p ** q) / q``, p the probability of the class: between the crossentropy and the absolute error.

    Args:
        y_true: Integer class labels, shape ``(batch, ...)`` or with a last axis of size one.
        y_pred: Predicted probabilities, shape ``(batch, ..., classes)``.
        q: In (0, 1): near 0 the crossentropy, near 1 the mean absolute error, which bears more wrong labels.

    Returns:
        Shape ``(batch, ...)``.

    Raises:
        ValueError: the shapes do not fit, or a label is not a class (on the CPU; a GPU reports it later).

    Example:
        >>> categorical_generalized_cross_entropy([1], [[0.75, 0.25]], q=0.5)
        tensor([1.])

    Source: Zhang and Sabuncu 2018, Generalized Cross Entropy Loss for Training Deep Neural Networks with Noisy Labels,
    eq. 6.
    """
    y_pred = as_float(convert_to_tensor(y_pred))
    axis = y_pred.ndim - 1
    labels = class_labels(convert_to_tensor(y_true), y_pred, axis)
    try:
        p = y_pred.gather(axis, labels.unsqueeze(axis)).squeeze(axis)
    except (IndexError, RuntimeError) as error:
        explained = labels_error(labels, y_pred.shape[axis])
        if explained is None:
            raise
        raise explained from error
    # The power has no gradient at 0: there it stays 0 without one.
    power = torch.where(p > 0, torch.where(p > 0, p, 1.0).pow(q), 0.0)
    return (1.0 - power) / q


categorical_generalized_cross_entropy.takes_class_indices = True


class CategoricalGeneralizedCrossEntropy(Loss):
    """``(1 - p ** q) / q``, p the probability of the class: a crossentropy for labels that may be wrong.

    Args:
        q: In (0, 1): near 0 the crossentropy, near 1 the mean absolute error.
        reduction: As for :class:`~torchkeras_compat.losses.base.Loss`.
        name: Name.
        dtype: Dtype or policy to compute in.

    Raises:
        ValueError: ``q`` is not in (0, 1).

    Example:
        >>> CategoricalGeneralizedCrossEntropy()([1], [[0.75, 0.25]])
        tensor(1.)

    Source: Zhang and Sabuncu 2018, Generalized Cross Entropy Loss for Training Deep Neural Networks with Noisy Labels.
    """

    fn = staticmethod(categorical_generalized_cross_entropy)

    _casts_y_true = False

    def __init__(
        self,
        q: float = 0.5,
        reduction: str | None = "sum_over_batch_size",
        name: str = "categorical_generalized_cross_entropy",
        dtype: Any = None,
    ) -> None:
        if not 0 < q < 1:
            raise ValueError(f"q must be in the interval (0, 1). Received: q={q!r}")
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        self.q = q

    def call(self, y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
        """Return the loss of each sample."""
        return categorical_generalized_cross_entropy.__wrapped__(y_true, y_pred, self.q)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "q": self.q}
