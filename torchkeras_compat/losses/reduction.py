"""From values per sample to one number: weights, masks, sum and mean."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat import config
from torchkeras_compat.losses.alignment import squeeze_or_expand_to_same_rank
from torchkeras_compat.ops.conversion import convert_to_tensor

REDUCTIONS = ("sum_over_batch_size", "mean", "sum", "mean_with_sample_weight", "none", None)
MEANS = ("sum_over_batch_size", "mean", "mean_with_sample_weight")


def standardize_reduction(reduction: str | None) -> str | None:
    """Return ``reduction``, or raise a ValueError if it is none of ``REDUCTIONS``."""
    if reduction not in REDUCTIONS:
        raise ValueError(
            f"Invalid value for argument `reduction`. Expected one of {REDUCTIONS}. Received: reduction={reduction!r}"
        )
    return reduction


def reduce_values(values: torch.Tensor, reduction: str | None) -> torch.Tensor:
    """Return the mean or the sum of ``values``, or ``values`` themselves.

    Example:
        >>> reduce_values(torch.tensor([1.0, 3.0]), "mean")
        tensor(2.)
    """
    if reduction in MEANS:
        return values.mean()
    return values.sum() if reduction == "sum" else values


def reduce_weighted_values(
    values: torch.Tensor, sample_weight: Any = None, mask: Any = None, reduction: str | None = "sum_over_batch_size"
) -> torch.Tensor:
    """Return ``values`` times ``sample_weight`` where ``mask`` is true, reduced.

    ``"sum_over_batch_size"`` (also ``"mean"``) divides by the number of unmasked values, whatever their weights;
    ``"mean_with_sample_weight"`` divides by the sum of the weights as they are given, one for each sample or one for
    each value. Everything masked, or weights of zero, give 0.

    Args:
        values: Shape ``(batch, ...)``.
        sample_weight: Number, or weights whose axes are the leading axes of ``values`` or broadcast to it.
        mask: True where a value counts; shape as for ``sample_weight``.
        reduction: One of ``REDUCTIONS``.

    Raises:
        ValueError: the weights or the mask do not fit the shape of ``values``.

    Source: Keras API, losses/Loss.
    """
    weights = None
    if mask is not None:
        weights = scaled_mask(mask, values, reduction)
    if sample_weight is not None:
        sample_weight = convert_to_tensor(sample_weight).to(device=values.device, dtype=values.dtype)
        if weights is None:
            weights = sample_weight
        else:
            sample_weight = fit_leading_axes(sample_weight, weights, "sample_weight")
            weights = weights * sample_weight
    if weights is None:
        return reduce_values(values, reduction)
    if weights.ndim == values.ndim + 1 and values.ndim == 1 and weights.shape[-1] == 1:
        values = values.unsqueeze(-1)
    weights = fit_leading_axes(weights, values, "sample_weight")
    weighted = values * weights
    if reduction == "mean_with_sample_weight" and weighted.ndim:
        total = weights.sum()
        return torch.where(total == 0, 0, weighted.sum() / torch.where(total == 0, 1, total))
    return reduce_values(weighted, reduction)


def scaled_mask(mask: Any, values: torch.Tensor, reduction: str | None) -> torch.Tensor:
    """Return the mask in the dtype of ``values``; for a mean, scaled so that masked values do not count."""
    mask = convert_to_tensor(mask).to(device=values.device, dtype=values.dtype)
    if reduction in ("mean", "sum_over_batch_size"):
        # Counted in float32 at least: half precision holds no count above 2048 exactly.
        valid = mask.sum(dtype=torch.promote_types(values.dtype, torch.float32))
        mask = mask * (mask.numel() / (valid + config.epsilon())).to(values.dtype)
    return mask


def fit_leading_axes(weights: torch.Tensor, values: torch.Tensor, name: str) -> torch.Tensor:
    """Return ``weights`` so that they broadcast to ``values``, their axes taken as its leading ones.

    Raises:
        ValueError: they fit neither the leading axes nor broadcast.
    """
    if weights.shape == values.shape or weights.ndim == 0 or values.ndim == 0:
        return weights
    weights, _ = squeeze_or_expand_to_same_rank(weights, values, expand_rank_1=False)
    if weights.ndim < values.ndim and weights.shape == values.shape[: weights.ndim]:
        return weights.reshape(tuple(weights.shape) + (1,) * (values.ndim - weights.ndim))
    for a, b in zip(reversed(weights.shape), reversed(values.shape), strict=False):
        if a != b and a != 1 and b != 1:
            raise ValueError(
                f"`{name}` of shape {tuple(weights.shape)} does not fit values of shape {tuple(values.shape)}. "
                "Give one weight per sample, or one per value."
            )
    return weights
