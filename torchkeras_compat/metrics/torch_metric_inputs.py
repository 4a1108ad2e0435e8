"""Targets and predictions in the form that torchmetrics wants."""

from __future__ import annotations

import functools
from typing import Any

import torch

from torchkeras_compat.ops.ranking import largest


def in_torchmetrics_form(metrics: list[Any], y_true: torch.Tensor, y_pred: torch.Tensor) -> tuple[Any, Any]:
    """Return the two arguments of ``update``, in the order and form of torchmetrics.

    Args:
        metrics: The metrics that get them: one, or those of a wrapper or collection.
        y_true: Targets, Keras's form: one-hot, class labels, or values.
        y_pred: Predictions, classes or channels last.

    Raises:
        ValueError: the metrics want targets of several kinds.

    Example:
        >>> from torchmetrics.classification import MulticlassAccuracy
        >>> one_hot, probabilities = torch.tensor([[0.0, 1.0]]), torch.tensor([[0.3, 0.7]])
        >>> in_torchmetrics_form([MulticlassAccuracy(num_classes=2)], one_hot, probabilities)[1]
        tensor([1])
    """
    kinds = {kind for kind in map(_kind_of, map(type, metrics)) if kind}
    if len(kinds) > 1:
        raise ValueError(
            f"These metrics of torchmetrics want targets of several kinds. Received: {', '.join(sorted(kinds))}. Give"
            " `compile` each as a metric of its own."
        )
    return _FORMS[kinds.pop() if kinds else ""](y_true, y_pred)


@functools.cache
def _kind_of(cls: type) -> str:
    for base in cls.__mro__:
        if base.__module__.startswith("torchmetrics.classification."):
            for kind in ("Multiclass", "Multilabel", "Binary"):
                if base.__name__.startswith(kind):
                    return kind.lower()
        for area in ("regression", "image"):
            if base.__module__.startswith(f"torchmetrics.{area}."):
                return "divergence" if base.__name__ == "KLDivergence" else area
    return ""


def _binary(y_true: torch.Tensor, y_pred: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    y_true, y_pred = _without_column(y_true), _without_column(y_pred)
    return y_pred, y_true.long()


def _multiclass(y_true: torch.Tensor, y_pred: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    if y_pred.ndim < 2 or not y_pred.is_floating_point():
        return _without_column(y_pred), _without_column(y_true).long()
    if y_true.shape == y_pred.shape:
        y_true = largest(y_true)  # one-hot
    elif y_true.ndim == y_pred.ndim and y_true.shape[-1] == 1:
        y_true = y_true.squeeze(-1)
    return y_pred.movedim(-1, 1), y_true.long()


def _multilabel(y_true: torch.Tensor, y_pred: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    return y_pred.movedim(-1, 1), y_true.long().movedim(-1, 1)


def _regression(y_true: torch.Tensor, y_pred: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    return _without_column(y_pred), _without_column(y_true).to(y_pred.dtype)


def _divergence(y_true: torch.Tensor, y_pred: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    return y_true.to(y_pred.dtype), y_pred  # the distribution of the data comes first


def _image(y_true: torch.Tensor, y_pred: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    if y_pred.ndim == 4:
        y_true, y_pred = y_true.movedim(-1, 1), y_pred.movedim(-1, 1)
    return y_pred, y_true.to(y_pred.dtype)


def _other(y_true: torch.Tensor, y_pred: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    return _without_column(y_pred), _without_column(y_true)


def _without_column(tensor: torch.Tensor) -> torch.Tensor:
    return tensor.squeeze(-1) if tensor.ndim > 1 and tensor.shape[-1] == 1 else tensor


_FORMS: dict[str, Any] = {
    "binary": _binary,
    "multiclass": _multiclass,
    "multilabel": _multilabel,
    "regression": _regression,
    "divergence": _divergence,
    "image": _image,
    "": _other,
}
