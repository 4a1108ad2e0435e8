"""Activation functions, with the arguments and the formulas of the old backend."""

from __future__ import annotations

from typing import Any

import torch
from torch.nn import functional

from torchkeras_compat.legacy.backend.operands import floats, tensor
from torchkeras_compat.symbolic.operation import operation


@operation
def relu(x: Any, alpha: Any = 0.0, max_value: Any = None, threshold: Any = 0.0) -> torch.Tensor:
    """Return ``x`` from ``threshold`` on, ``alpha * (x - threshold)`` below, and nothing above ``max_value``.

    Args:
        x: Tensor.
        alpha: Slope below the threshold, a number or a tensor.
        max_value: Greatest value; None for no bound.
        threshold: Where it begins.

    Example:
        >>> relu(torch.tensor([-2.0, 3.0, 9.0]), alpha=0.5, max_value=6)
        tensor([-1.,  3.,  6.])

    Source: Keras 2.3 API, backend.relu.
    """
    values = tensor(x)
    is_plain = isinstance(alpha, (int, float)) and alpha == 0
    if is_plain and threshold == 0:
        return torch.relu(values) if max_value is None else torch.clamp(values, 0, max_value)
    above = torch.where(values > threshold if threshold != 0 else values >= 0, values, torch.zeros_like(values))
    if max_value is not None:
        above = torch.clamp(above, max=max_value)
    if is_plain:
        return above
    slope = alpha if isinstance(alpha, (int, float)) else tensor(alpha)
    return above - slope * torch.relu(threshold - values)


@operation
def elu(x: Any, alpha: Any = 1.0) -> torch.Tensor:
    """Return ``x`` where it is positive, else ``alpha * (exp(x) - 1)``.

    Example:
        >>> elu(torch.tensor([0.0, 2.0]))
        tensor([0., 2.])
    """
    values = floats(x)
    if isinstance(alpha, (int, float)):
        return functional.elu(values, alpha)
    return torch.where(values > 0, values, tensor(alpha) * torch.expm1(torch.clamp(values, max=0)))


@operation
def softmax(x: Any, axis: int = -1) -> torch.Tensor:
    """Return ``exp(x) / sum(exp(x))`` along an axis.

    Example:
        >>> softmax(torch.zeros(2))
        tensor([0.5000, 0.5000])
    """
    return torch.softmax(floats(x), axis)


@operation
def hard_sigmoid(x: Any) -> torch.Tensor:
    """Return ``0.2 * x + 0.5``, kept in ``[0, 1]``: that of Keras 1 and 2. That of Keras 3 is ``x / 6 + 0.5``.

    Example:
        >>> hard_sigmoid(torch.tensor([-3.0, 1.0]))
        tensor([0.0000, 0.7000])

    Source: Keras 2.3 API, backend.hard_sigmoid.
    """
    return torch.clamp(0.2 * floats(x) + 0.5, 0.0, 1.0)
