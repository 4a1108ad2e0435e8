"""Circle loss: embeddings of one class near each other, of different classes apart."""

from __future__ import annotations

import math
from typing import Any

import torch
import torch.nn.functional as F

from torchkeras_compat.losses.alignment import as_float
from torchkeras_compat.losses.base import Loss
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.symbolic.operation import operation


@operation
def circle(
    y_true: Any,
    y_pred: Any,
    ref_labels: Any = None,
    ref_embeddings: Any = None,
    remove_diagonal: bool = True,
    gamma: float = 80,
    margin: float = 0.4,
) -> torch.Tensor:
    """Circle loss of each sample, against the other samples or against references.

    ``log(1 + sum(exp(gamma * a_n * (s_n - margin))) * sum(exp(-gamma * a_p * (s_p - 1 + margin))))`` over the
    similarities ``s_n`` to other classes and ``s_p`` to the same class, with ``a_n = max(s_n + margin, 0)`` and
    ``a_p = max(1 + margin - s_p, 0)``.

    Args:
        y_true: Integer class labels, shape ``(batch,)`` or ``(batch, 1)``.
        y_pred: Embeddings of length 1, shape ``(batch, features)``.
        ref_labels: Integer class labels of the references; None for ``y_true``.
        ref_embeddings: Embeddings of the references, shape ``(references, features)``; None for ``y_pred``.
        remove_diagonal: Whether the references are the samples themselves, so that no sample is paired with itself.
        gamma: Scale.
        margin: How far apart classes shall be, in [0, 1].

    Returns:
        Shape ``(batch,)``; 0, and left out of means, for a sample without others of its class or of another one.

    Raises:
        ValueError: labels and embeddings do not fit together.

    Example:
        >>> circle([0, 0, 1], [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]], gamma=1.0)
        tensor([0.5459, 0.5459, 0.0000])

    Source: Sun et al. 2020, Circle Loss: A Unified Perspective of Pair Similarity Optimization, eq. 6 and 8.
    """
    y_pred = as_float(convert_to_tensor(y_pred))
    labels = convert_to_tensor(y_true).reshape(-1)
    other_labels = labels if ref_labels is None else convert_to_tensor(ref_labels).reshape(-1)
    others = y_pred if ref_embeddings is None else convert_to_tensor(ref_embeddings).to(y_pred.dtype)
    for name, classes, embeddings in (("y_true", labels, y_pred), ("ref_labels", other_labels, others)):
        if embeddings.ndim != 2 or classes.shape[0] != embeddings.shape[0]:
            raise ValueError(
                "Embeddings must have shape `(batch, features)` with one label each. Received:"
                f" {name}.shape={tuple(classes.shape)} for embeddings of shape {tuple(embeddings.shape)}."
            )
    similarity = (y_pred @ others.T).clamp(max=1.0)
    same = labels[:, None] == other_labels[None, :].to(labels.dtype)
    different = ~same
    if remove_diagonal:
        same = same & ~torch.eye(*same.shape, dtype=torch.bool, device=same.device)
    towards = gamma * (1.0 + margin - similarity).clamp(min=0.0) * (1.0 - margin - similarity)
    away = gamma * (similarity + margin).clamp(min=0.0) * (similarity - margin)
    values = F.softplus(_log_sum_exp(towards, same) + _log_sum_exp(away, different))
    values._keras_mask = same.any(1) & different.any(1)  # type: ignore[attr-defined]
    return values


def _log_sum_exp(x: torch.Tensor, where: torch.Tensor) -> torch.Tensor:
    return torch.where(where, x, -math.inf).logsumexp(1)


class Circle(Loss):
    """Circle loss of embeddings, each against the others of the batch.

    Args:
        gamma: Scale.
        margin: How far apart classes shall be, in [0, 1].
        remove_diagonal: Whether to leave out the pair of a sample with itself.
        reduction: As for :class:`~torchkeras_compat.losses.base.Loss`.
        name: Name.
        dtype: Dtype or policy to compute in.

    Example:
        >>> Circle(gamma=1.0, reduction="sum")([0, 0, 1], [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
        tensor(1.0918)

    Source: Sun et al. 2020, Circle Loss: A Unified Perspective of Pair Similarity Optimization.
    """

    fn = staticmethod(circle)

    _casts_y_true = False

    def __init__(
        self,
        gamma: float = 80.0,
        margin: float = 0.4,
        remove_diagonal: bool = True,
        reduction: str | None = "sum_over_batch_size",
        name: str = "circle",
        dtype: Any = None,
    ) -> None:
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        self.gamma = gamma
        self.margin = margin
        self.remove_diagonal = remove_diagonal

    def call(self, y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
        """Return the loss of each sample."""
        return circle.__wrapped__(
            y_true, y_pred, remove_diagonal=self.remove_diagonal, gamma=self.gamma, margin=self.margin
        )

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            **super().get_config(),
            "gamma": self.gamma,
            "margin": self.margin,
            "remove_diagonal": self.remove_diagonal,
        }


circle.takes_class_indices = True
