"""Balanced accuracy."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.metrics import Metric


class BalancedAccuracy(Metric):
    """Mean of the recalls of the classes that occur.

    Args:
        threshold: Above it, a single probability means class 1.
        name: Of the metric in logs.

    Shapes:
        ``y_pred``: ``(batch, classes)``, or ``(batch, 1)`` and ``(batch,)`` for two classes. ``y_true``: one-hot of the
        same shape, or the index of the class, ``(batch,)`` or ``(batch, 1)``.

    Example:
        >>> metric = BalancedAccuracy()
        >>> metric.update_state(torch.tensor([0, 0, 0, 1]), torch.tensor([0.1, 0.2, 0.3, 0.4]))
        >>> float(metric.result())
        0.5

    Source: Brodersen et al. 2010, "The balanced accuracy and its posterior distribution".
    """

    def __init__(self, threshold: float = 0.5, name: str = "balanced_accuracy", **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)
        self.threshold = threshold
        self.hits: Any = None
        self.total: Any = None

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Count the hits of a batch, class by class."""
        y_pred = torch.as_tensor(y_pred)
        y_true = torch.as_tensor(y_true, device=y_pred.device)
        classes = y_pred.shape[-1] if y_pred.ndim > 1 and y_pred.shape[-1] > 1 else 2
        if self.total is None:
            self.hits = self.add_variable(shape=(classes,), initializer="zeros", name="hits")
            self.total = self.add_variable(shape=(classes,), initializer="zeros", name="total")
        one_hot = y_true.ndim == y_pred.ndim > 1 and y_true.shape[-1] == classes
        true = y_true.argmax(-1).reshape(-1) if one_hot else y_true.reshape(-1).long()
        found = (
            y_pred.reshape(-1, classes).argmax(-1)
            if y_pred.numel() != true.numel()
            else y_pred.reshape(-1) > self.threshold
        )
        weight = torch.ones(true.shape, device=y_pred.device)
        if sample_weight is not None:
            weight = (
                torch.as_tensor(sample_weight, dtype=weight.dtype, device=weight.device).reshape(-1).expand_as(weight)
            )
        zeros = torch.zeros(classes, device=y_pred.device)
        self.total.assign_add(zeros.index_add(0, true, weight))
        self.hits.assign_add(zeros.index_add(0, true, weight * (found.long() == true)))

    def result(self) -> torch.Tensor:
        """Return the mean recall so far, 0 before the first update."""
        if self.total is None:
            return torch.zeros(())
        hits, total = torch.as_tensor(self.hits.value), torch.as_tensor(self.total.value)
        occurs = total > 0
        recalls = torch.where(occurs, hits / total.clamp_min(1e-12), 0)
        return recalls.sum() / occurs.sum().clamp_min(1)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {**super().get_config(), "threshold": self.threshold}
