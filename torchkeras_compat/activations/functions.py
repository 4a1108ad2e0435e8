"""Activations that are not a function of `ops`, or take more arguments here than there."""

from __future__ import annotations

from typing import Any

import torch
from torch.nn import functional

from torchkeras_compat.ops import activation_functions, trigonometry
from torchkeras_compat.ops import exponential as exponentials
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.symbolic.operation import operation


def linear(x: Any) -> torch.Tensor:
    """The identity: ``x``.

    Example:
        >>> linear(torch.tensor([-1.0]))
        tensor([-1.])
    """
    y: torch.Tensor = convert_to_tensor(x)
    return y


@operation
def relu(x: Any, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0) -> torch.Tensor:
    """Rectified linear unit: ``x`` above ``threshold``, ``negative_slope * (x - threshold)`` below.

    Args:
        x: Tensor.
        negative_slope: Slope below the threshold.
        max_value: Largest value returned; None for no limit.
        threshold: Where the two parts meet.

    Example:
        >>> relu(torch.tensor([-1.0, 2.0]))
        tensor([0., 2.])

    Source: Keras API, activations/relu.
    """
    x = convert_to_tensor(x)
    if not (negative_slope or threshold):
        y = torch.relu(x)
        return y if max_value is None else y.clamp(max=max_value)
    below = negative_slope * (x - threshold)
    y = torch.where(x > threshold, x, below.to(x.dtype))
    return y if max_value is None else y.clamp(max=max_value)


def tanh(x: Any) -> torch.Tensor:
    """Hyperbolic tangent.

    Example:
        >>> tanh(torch.tensor([0.0]))
        tensor([0.])
    """
    y: torch.Tensor = trigonometry.tanh(x)
    return y


def exponential(x: Any) -> torch.Tensor:
    """``exp(x)``.

    Example:
        >>> exponential(torch.tensor([0.0]))
        tensor([1.])
    """
    y: torch.Tensor = exponentials.exp(x)
    return y


@operation
def mish(x: Any) -> torch.Tensor:
    """``x * tanh(softplus(x))``.

    Example:
        >>> mish(torch.tensor([0.0]))
        tensor([0.])

    Source: Misra 2019.
    """
    return functional.mish(convert_to_tensor(x))


def gelu(x: Any, approximate: bool = False) -> torch.Tensor:
    """``x`` times the standard normal distribution function of ``x``; exact here, while `ops.gelu` approximates.

    Args:
        x: Tensor.
        approximate: Whether to use the approximation by ``tanh``.

    Example:
        >>> gelu(torch.tensor([1.0]))
        tensor([0.8413])

    Source: Hendrycks and Gimpel 2016.
    """
    y: torch.Tensor = activation_functions.gelu(x, approximate)
    return y
