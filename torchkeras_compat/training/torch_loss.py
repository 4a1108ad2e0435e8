"""Losses of torch in `compile`: prediction first, targets in the rank and dtype that they need, sample weights too."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from torchkeras_compat.losses.reduction import fit_leading_axes

TorchLoss = Callable[[Any, Any, Any], torch.Tensor]  # of target, prediction and sample weight

# Whose targets have the shape of the prediction; torch would broadcast others, with a warning that few see.
_ELEMENTWISE = (
    *(nn.MSELoss, nn.L1Loss, nn.SmoothL1Loss, nn.HuberLoss, nn.BCELoss, nn.BCEWithLogitsLoss, nn.KLDivLoss),
    *(nn.PoissonNLLLoss, nn.SoftMarginLoss, nn.MultiLabelSoftMarginLoss, nn.HingeEmbeddingLoss),
)
_OF_LABELS = (nn.CrossEntropyLoss, nn.NLLLoss, nn.MultiMarginLoss)
_OF_MORE = (
    *(nn.GaussianNLLLoss, nn.CTCLoss, nn.CosineEmbeddingLoss, nn.MarginRankingLoss, nn.TripletMarginLoss),
    *(nn.TripletMarginWithDistanceLoss, nn.AdaptiveLogSoftmaxWithLoss),
)
# What a function of `torch.nn.functional` is as a module, which says how it wants its targets.
_MODULES: dict[Any, type[nn.Module]] = {
    F.mse_loss: nn.MSELoss,
    F.l1_loss: nn.L1Loss,
    F.smooth_l1_loss: nn.SmoothL1Loss,
    F.huber_loss: nn.HuberLoss,
    F.binary_cross_entropy: nn.BCELoss,
    F.binary_cross_entropy_with_logits: nn.BCEWithLogitsLoss,
    F.kl_div: nn.KLDivLoss,
    F.poisson_nll_loss: nn.PoissonNLLLoss,
    F.soft_margin_loss: nn.SoftMarginLoss,
    F.multilabel_soft_margin_loss: nn.MultiLabelSoftMarginLoss,
    F.hinge_embedding_loss: nn.HingeEmbeddingLoss,
    F.cross_entropy: nn.CrossEntropyLoss,
    F.nll_loss: nn.NLLLoss,
    F.multi_margin_loss: nn.MultiMarginLoss,
}


def module_of(function: Any) -> Any:
    """Return the module of torch that a function of ``torch.nn.functional`` is; anything else as it is.

    Example:
        >>> module_of(torch.nn.functional.mse_loss)
        MSELoss()
    """
    try:
        made = _MODULES.get(function)
    except TypeError:  # not hashable, so none of them
        return function
    return function if made is None else made()


def torch_loss(module: nn.Module) -> TorchLoss:
    """Return a callable ``(y_true, y_pred, sample_weight)`` for a loss module, which torch calls the other way round.

    Targets of a loss that compares values get the shape of the prediction, ``(batch,)`` that of ``(batch, 1)``, and
    become floats. Targets of a loss of classes become int64 labels ``(batch, ...)``, unless they are probabilities of
    the shape of the prediction. Any other module gets what there is.

    Args:
        module: The module.

    Raises:
        ValueError: torch's loss takes more than a prediction and a target.

    Example:
        >>> loss = torch_loss(nn.MSELoss())
        >>> loss(torch.tensor([0, 2]), torch.tensor([[1.0], [2.0]]), None)
        tensor(0.5000)
    """
    if isinstance(module, _OF_MORE):
        raise ValueError(
            f"{type(module).__name__} takes more than a prediction and a target, and `compile` has no more to give."
            " Write a function `loss(y_true, y_pred)` that calls it with what it needs."
        )
    if isinstance(module, _OF_LABELS):
        fitted = _as_labels
    elif isinstance(module, _ELEMENTWISE):
        fitted = _of_one_shape
    else:
        fitted = None
    each = _of_each_value(module)

    def call(y_true: Any, y_pred: Any, sample_weight: Any = None) -> torch.Tensor:
        if fitted is not None and (
            fitted is _as_labels or y_true.shape != y_pred.shape or not y_true.is_floating_point()
        ):
            y_true = fitted(module, y_true, y_pred)
        if sample_weight is not None:
            return _weighted(module, each, y_true, y_pred, sample_weight)
        value: torch.Tensor = module(y_pred, y_true)
        return value if value.ndim == 0 else value.mean()

    return call


def _of_one_shape(module: nn.Module, y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
    """Return targets in the shape of the prediction, as floats."""
    target = y_true
    if y_true.ndim == y_pred.ndim - 1 and y_pred.shape[-1] == 1:
        target = y_true.unsqueeze(-1)
    elif y_true.ndim == y_pred.ndim + 1 and y_true.shape[-1] == 1:
        target = y_true.squeeze(-1)
    if target.shape != y_pred.shape:
        raise ValueError(
            f"{type(module).__name__} compares values of one shape. Received: y_true.shape={tuple(y_true.shape)},"
            f" y_pred.shape={tuple(y_pred.shape)}. Give targets of the shape of the model's output; integer class"
            " labels belong to nn.CrossEntropyLoss."
        )
    return target if target.is_floating_point() else target.to(y_pred.dtype)


def _as_labels(module: nn.Module, y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
    """Return targets as int64 class labels, or as they are where they are probabilities."""
    shape, of_labels = y_true.shape, y_pred.shape[:1] + y_pred.shape[2:] if y_pred.ndim > 1 else y_pred.shape[:0]
    if shape == y_pred.shape and y_true.is_floating_point() and isinstance(module, nn.CrossEntropyLoss):
        return y_true
    if shape != of_labels:
        if y_true.numel() != of_labels.numel() or [s for s in shape if s != 1] != [s for s in of_labels if s != 1]:
            raise ValueError(
                f"{type(module).__name__} takes labels of shape {tuple(of_labels)} for predictions of shape"
                f" {tuple(y_pred.shape)}, whose classes lie on axis 1. Received: y_true.shape={tuple(shape)}. With the"
                " classes on the last axis, permute the output, or use a loss of keras.losses."
            )
        y_true = y_true.reshape(of_labels)
    return y_true if y_true.dtype is torch.int64 else y_true.long()


def _of_each_value(module: nn.Module) -> nn.Module | None:
    """Return the same loss without its reduction; None where it has none to leave out."""
    if not isinstance(getattr(module, "reduction", None), str):
        return None
    each = copy.copy(module)  # of the same buffers, wherever they move
    each.reduction = "none"  # type: ignore[assignment]
    return each


def _weighted(
    module: nn.Module, each: nn.Module | None, y_true: torch.Tensor, y_pred: torch.Tensor, sample_weight: Any
) -> torch.Tensor:
    """Return the loss in which each value counts with its weight; with weights of 1 it is the loss without."""
    if each is None:
        raise ValueError(
            f"{type(module).__name__} gives one number for all samples, so sample weights cannot count in it. Give it"
            " an attribute `reduction` that may be 'none', or weigh the samples in the loss itself."
        )
    values: torch.Tensor = each(y_pred, y_true)
    if values.ndim == 0:
        raise ValueError(f"{type(module).__name__} with reduction='none' gives one number for all samples.")
    total: torch.Tensor = (values * fit_leading_axes(sample_weight, values, "sample_weight")).sum()
    reduction = module.reduction
    if reduction == "sum":
        return total
    if reduction == "batchmean":
        return total / len(values)
    mean: torch.Tensor = total / _size(module, y_true, values)
    return mean


def _size(module: nn.Module, y_true: torch.Tensor, values: torch.Tensor) -> Any:
    """What torch's mean divides by: the class weights of the labels that count, else the number of values."""
    if isinstance(module, (nn.CrossEntropyLoss, nn.NLLLoss)) and not y_true.is_floating_point():
        counts = y_true != module.ignore_index
        if module.weight is not None:
            return (module.weight[torch.where(counts, y_true, 0)] * counts).sum()
        return counts.sum() if module.ignore_index >= 0 else values.numel()
    return values.numel()
