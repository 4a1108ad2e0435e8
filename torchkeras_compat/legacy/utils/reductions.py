"""How the losses of samples become one, as Keras 2 had it in `losses_utils`."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat import config
from torchkeras_compat.dtypes.names import to_torch_dtype
from torchkeras_compat.legacy.losses.reduction import Reduction
from torchkeras_compat.ops.conversion import convert_to_tensor


def squeeze_or_expand_dimensions(y_pred: Any, y_true: Any = None, sample_weight: Any = None) -> tuple[Any, ...]:
    """Return predictions, targets and weights whose ranks fit: a last axis of size one goes, or comes to weights.

    Args:
        y_pred: Predictions, or losses.
        y_true: Targets, or None.
        sample_weight: Weights, or None.

    Returns:
        ``(y_pred, y_true)``, and ``sample_weight`` if it was given.

    Example:
        >>> [tuple(x.shape) for x in squeeze_or_expand_dimensions(torch.zeros(2, 1), torch.zeros(2))]
        [(2,), (2,)]

    Source: Keras 2.3 API, utils/losses_utils.
    """
    y_pred = convert_to_tensor(y_pred)
    if y_true is not None:
        y_true = convert_to_tensor(y_true)
        if y_pred.ndim - y_true.ndim == 1 and y_pred.shape[-1] == 1:
            y_pred = y_pred.squeeze(-1)
        elif y_true.ndim - y_pred.ndim == 1 and y_true.shape[-1] == 1:
            y_true = y_true.squeeze(-1)
    if sample_weight is None:
        return y_pred, y_true
    weights = convert_to_tensor(sample_weight)
    if weights.ndim:
        if weights.ndim == 1 and y_pred.ndim == 0:
            y_pred = y_pred.unsqueeze(-1)
        elif weights.ndim - y_pred.ndim == 1 and weights.shape[-1] == 1:
            weights = weights.squeeze(-1)
        elif y_pred.ndim - weights.ndim == 1:
            weights = weights.unsqueeze(-1)
    return y_pred, y_true, weights


def broadcast_weights(values: Any, sample_weight: Any) -> torch.Tensor:
    """Return weights in the shape of values; the axes that weights lack are behind theirs.

    Args:
        values: Losses.
        sample_weight: Weights.

    Raises:
        ValueError: the shapes do not fit.

    Example:
        >>> broadcast_weights(torch.zeros(2, 3), torch.tensor([1.0, 2.0])).tolist()
        [[1.0, 1.0, 1.0], [2.0, 2.0, 2.0]]

    Source: Keras 2.3 API, utils/losses_utils.
    """
    weights: torch.Tensor = convert_to_tensor(sample_weight)
    values = convert_to_tensor(values)
    missing = values.ndim - weights.ndim
    if missing >= 0:
        weights = weights.reshape(*weights.shape, *[1] * missing)
        if all(size in (1, expected) for size, expected in zip(weights.shape, values.shape)):
            return weights.expand(values.shape)
    raise ValueError(
        f"Incompatible shapes: `values` {tuple(values.shape)} vs `sample_weight` "
        f"{tuple(convert_to_tensor(sample_weight).shape)}"
    )


def reduce_weighted_loss(weighted_losses: Any, reduction: str = Reduction.SUM_OVER_BATCH_SIZE) -> torch.Tensor:
    """Return losses as they are, their sum, or their sum divided by their number.

    Args:
        weighted_losses: The losses.
        reduction: ``"none"``, ``"sum"``, ``"sum_over_batch_size"``, or ``"auto"`` for this one.

    Raises:
        ValueError: another reduction.

    Example:
        >>> reduce_weighted_loss(torch.tensor([1.0, 3.0])).item()
        2.0

    Source: Keras 2.15 API, utils/losses_utils.
    """
    Reduction.validate(reduction)
    losses: torch.Tensor = convert_to_tensor(weighted_losses)
    if reduction == Reduction.NONE:
        return losses
    total = losses.sum()
    return total if reduction == Reduction.SUM else total / max(losses.numel(), 1)


def compute_weighted_loss(
    losses: Any,
    sample_weight: Any = None,
    reduction: str = Reduction.SUM_OVER_BATCH_SIZE,
    name: str | None = None,
) -> torch.Tensor:
    """Return losses times weights, reduced.

    Args:
        losses: The losses.
        sample_weight: A number, or weights with the first axes of the losses; None for 1.
        reduction: ``"none"``, ``"sum"``, ``"sum_over_batch_size"``, or ``"auto"`` for this one.
        name: Of the operation in Keras's graph; there is none here.

    Returns:
        In the dtype of the losses.

    Raises:
        ValueError: another reduction, or shapes that do not fit.

    Example:
        >>> compute_weighted_loss(torch.tensor([1.0, 3.0]), torch.tensor([1.0, 0.0])).item()
        0.5

    Source: Keras 2.15 API, utils/losses_utils.
    """
    Reduction.validate(reduction)
    values: torch.Tensor = convert_to_tensor(losses)
    floatx = to_torch_dtype(config.floatx())
    weighted, _, weights = squeeze_or_expand_dimensions(
        values.to(floatx), None, 1.0 if sample_weight is None else sample_weight
    )
    product = weighted * broadcast_weights(weighted, weights.to(floatx))
    reduced = reduce_weighted_loss(product, reduction)
    return reduced.to(values.dtype)
