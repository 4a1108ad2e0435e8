"""Normalization of scores to probabilities along axes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from torchkeras_compat.ops.axes import Axis, normalize_axes, normalize_axis
from torchkeras_compat.ops.logits import with_logits
from torchkeras_compat.ops.operands import as_float
from torchkeras_compat.symbolic.operation import operation
from torchkeras_compat.user_warnings import warn_user


@operation
def softmax(x: Any, axis: Axis = -1) -> torch.Tensor:
    """Return ``exp(x) / sum(exp(x))`` along ``axis``.

    Args:
        x: Tensor.
        axis: Axis, several axes, or None for all of them.

    Raises:
        ValueError: there is no such axis.

    Example:
        >>> softmax([0.0, 0.0])
        tensor([0.5000, 0.5000])
    """
    x = as_float(x)
    if isinstance(axis, (int, np.integer)) and x.shape[normalize_axis(axis, x.ndim)] == 1:
        warn_user(
            f"You are using a softmax over axis {axis} of a tensor of shape {tuple(x.shape)}. This axis has size 1. "
            "The softmax operation will always return the value 1, which is likely not what you intended. "
            "Did you mean to use a sigmoid instead?"
        )
    probabilities = _over_axes(torch.softmax, x, axis)
    if isinstance(axis, (int, np.integer)):
        with_logits(probabilities, x, normalize_axis(axis, x.ndim) - x.ndim)
    return probabilities


@operation
def log_softmax(x: Any, axis: Axis = -1) -> torch.Tensor:
    """Return ``x - log(sum(exp(x)))`` along ``axis``.

    Args:
        x: Tensor.
        axis: Axis, several axes, or None for all of them.

    Raises:
        ValueError: there is no such axis.

    Example:
        >>> log_softmax([0.0, 0.0])
        tensor([-0.6931, -0.6931])
    """
    return _over_axes(torch.log_softmax, as_float(x), axis)


@operation
def sparsemax(x: Any, axis: int = -1) -> torch.Tensor:
    """Return the point of the probability simplex nearest to ``x`` along ``axis``: like softmax, with exact zeros.

    Raises:
        ValueError: there is no such axis.

    Example:
        >>> sparsemax([0.1, 1.0, 0.9])
        tensor([0.0000, 0.5500, 0.4500])

    Source: Martins and Astudillo 2016, algorithm 1.
    """
    z = as_float(x).movedim(normalize_axis(axis, as_float(x).ndim), -1)
    if not z.numel():
        return z.movedim(-1, axis)
    ordered = z.sort(dim=-1, descending=True).values
    rank = torch.arange(1, z.shape[-1] + 1, dtype=z.dtype, device=z.device)
    total = ordered.cumsum(-1)
    support = (1 + rank * ordered > total).sum(-1, keepdim=True)
    tau = (total.gather(-1, support - 1) - 1) / support
    return (z - tau).clamp_min(0).movedim(-1, axis)


def _over_axes(function: Callable[..., torch.Tensor], x: torch.Tensor, axis: Axis) -> torch.Tensor:
    """Apply a function of one axis over several, joined into one."""
    if isinstance(axis, (int, np.integer)):
        return function(x, dim=normalize_axis(axis, x.ndim))
    axes = normalize_axes(axis, x.ndim)
    last = tuple(range(x.ndim - len(axes), x.ndim))
    moved = x.movedim(axes, last)
    if not axes:
        return torch.ones_like(x) if function is torch.softmax else torch.zeros_like(x)
    return function(moved.flatten(last[0]), dim=-1).reshape(moved.shape).movedim(last, axes)
