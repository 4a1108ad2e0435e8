"""Losses of torch in `compile`: prediction first, targets in the rank and dtype that they need, sample weights too."""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from torchkeras_compat.losses.reduction import fit_leading_axes
from torchkeras_compat.training.class_targets import ClassTargets

TorchLoss = Callable[[Any, Any, Any], torch.Tensor]  # of target, prediction and sample weight

# Whose targets have the shape of the prediction; torch would broadcast others, with a warning that few see.
_ELEMENTWISE = (
    *(nn.MSELoss, nn.L1Loss, nn.SmoothL1Loss, nn.HuberLoss, nn.BCELoss, nn.BCEWithLogitsLoss, nn.KLDivLoss),
    *(nn.PoissonNLLLoss, nn.SoftMarginLoss, nn.MultiLabelSoftMarginLoss, nn.HingeEmbeddingLoss),
)
_OF_LABELS = (nn.CrossEntropyLoss, nn.NLLLoss, nn.MultiMarginLoss)
_OF_INDICES = (nn.MultiLabelMarginLoss,)
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
    F.multilabel_margin_loss: nn.MultiLabelMarginLoss,
    F.gaussian_nll_loss: nn.GaussianNLLLoss,
    F.ctc_loss: nn.CTCLoss,
    F.cosine_embedding_loss: nn.CosineEmbeddingLoss,
    F.margin_ranking_loss: nn.MarginRankingLoss,
    F.triplet_margin_loss: nn.TripletMarginLoss,
    F.triplet_margin_with_distance_loss: nn.TripletMarginWithDistanceLoss,
}


def module_of(function: Any) -> Any:
    """Return the module of torch that a function of ``torch.nn.functional`` is; anything else as it is.

    Raises:
        ValueError: the function has keyword arguments, by `functools.partial`, that the module does not have.

    Example:
        >>> module_of(torch.nn.functional.mse_loss)
        MSELoss()
        >>> module_of(functools.partial(torch.nn.functional.cross_entropy, label_smoothing=0.1)).label_smoothing
        0.1
    """
    settings = {}
    found = function
    if isinstance(function, functools.partial) and not function.args:
        found, settings = function.func, function.keywords
    try:
        made = _MODULES.get(found)
    except TypeError:  # not hashable, so none of them
        return function
    if made is None:
        return function
    try:
        return made(**settings)
    except TypeError as error:
        raise ValueError(
            f"torch's {found.__name__} with {sorted(settings)} is not a loss of a prediction and a target alone:"
            f" {error}. Write a function `loss(y_true, y_pred)` that calls it."
        ) from error


def torch_loss(module: nn.Module) -> TorchLoss:
    """Return a callable ``(y_true, y_pred, sample_weight)`` for a loss module, which torch calls the other way round.

    Targets of a loss that compares values get the shape of the prediction, ``(batch,)`` that of ``(batch, 1)``, and
    become floats. Targets of a loss of classes become int64 labels ``(batch, ...)``, unless they are class
    probabilities, such as one-hot ones; classes on the last axis are moved to axis 1, see `ClassTargets`. Any other
    module gets what there is.

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
    of_classes = ClassTargets(module) if isinstance(module, _OF_LABELS) else None
    dtype = torch.int64 if isinstance(module, _OF_INDICES) else None
    is_fitted = isinstance(module, (*_ELEMENTWISE, *_OF_INDICES))
    each = _of_each_value(module)

    def call(y_true: Any, y_pred: Any, sample_weight: Any = None) -> torch.Tensor:
        if of_classes is not None:
            y_true, y_pred = of_classes(y_true, y_pred)
        elif is_fitted and (y_true.shape != y_pred.shape or dtype is not None or not y_true.is_floating_point()):
            y_true = _of_one_shape(module, y_true, y_pred, dtype)
        if sample_weight is not None:
            return _weighted(module, each, y_true, y_pred, sample_weight)
        value: torch.Tensor = module(y_pred, y_true)
        return value if value.ndim == 0 else value.mean()

    return call


def _of_one_shape(
    module: nn.Module, y_true: torch.Tensor, y_pred: torch.Tensor, dtype: torch.dtype | None
) -> torch.Tensor:
    """Return targets in the shape of the prediction, in a dtype; None for floats."""
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
    if dtype is not None:
        return target.to(dtype)
    return target if target.is_floating_point() else target.to(y_pred.dtype)


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
