"""Activation functions of `tf.nn`."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F

from torchkeras_compat.dialects.tensorflow.tensor import tensor_function
from torchkeras_compat.ops.conversion import convert_to_tensor as as_tensor


def _real(x: Any) -> torch.Tensor:
    """Return real numbers; integers in floatx."""
    found: torch.Tensor = as_tensor(x)
    return found if found.is_floating_point() or found.is_complex() else found.float()


@tensor_function
def relu(features: Any, name: str | None = None) -> Any:
    """Return ``max(features, 0)``.

    Example:
        >>> relu([-1.0, 2.0])
        <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0., 2.], dtype=float32)>
    """
    return F.relu(as_tensor(features))


@tensor_function
def relu6(features: Any, name: str | None = None) -> Any:
    """Return ``min(max(features, 0), 6)``."""
    return as_tensor(features).clamp(0, 6)


@tensor_function
def crelu(features: Any, axis: int = -1, name: str | None = None) -> Any:
    """Return ``relu(features)`` and ``relu(-features)``, joined along an axis."""
    x = as_tensor(features)
    return F.relu(torch.cat([x, -x], axis))


@tensor_function
def leaky_relu(features: Any, alpha: float = 0.2, name: str | None = None) -> Any:
    """Return ``features`` where positive, else ``alpha * features``.

    Example:
        >>> leaky_relu([-1.0, 2.0])
        <tf.Tensor: shape=(2,), dtype=float32, numpy=array([-0.2,  2. ], dtype=float32)>
    """
    return F.leaky_relu(_real(features), float(alpha))


@tensor_function
def elu(features: Any, name: str | None = None) -> Any:
    """Return ``features`` where positive, else ``exp(features) - 1``."""
    return F.elu(as_tensor(features))


@tensor_function
def selu(features: Any, name: str | None = None) -> Any:
    """Return the scaled exponential linear unit."""
    return F.selu(as_tensor(features))


@tensor_function
def gelu(features: Any, approximate: bool = False, name: str | None = None) -> Any:
    """Return ``features * P(X <= features)``, X of a normal distribution.

    Args:
        features: Tensor.
        approximate: Whether the approximation by tanh is computed.
        name: Kept for TensorFlow's signature.
    """
    return F.gelu(as_tensor(features), approximate="tanh" if approximate else "none")


@tensor_function
def silu(features: Any, beta: Any = 1.0, name: str | None = None) -> Any:
    """Return ``features * sigmoid(beta * features)``."""
    x = as_tensor(features)
    return F.silu(x) if isinstance(beta, float) and beta == 1.0 else x * torch.sigmoid(beta * x)


@tensor_function
def sigmoid(x: Any, name: str | None = None) -> Any:
    """Return ``1 / (1 + exp(-x))``."""
    return torch.sigmoid(as_tensor(x))


@tensor_function
def tanh(x: Any, name: str | None = None) -> Any:
    """Return the hyperbolic tangent."""
    return torch.tanh(as_tensor(x))


@tensor_function
def softplus(features: Any, name: str | None = None) -> Any:
    """Return ``log(exp(features) + 1)``."""
    return F.softplus(as_tensor(features))


@tensor_function
def softsign(features: Any, name: str | None = None) -> Any:
    """Return ``features / (abs(features) + 1)``."""
    return F.softsign(as_tensor(features))


@tensor_function
def softmax(logits: Any, axis: int | None = None, name: str | None = None, dim: int | None = None) -> Any:
    """Return ``exp(logits)`` divided by its sum along an axis, the last one by default.

    Example:
        >>> softmax([0.0, 0.0])
        <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.5, 0.5], dtype=float32)>
    """
    return torch.softmax(as_tensor(logits), _axis(axis, dim))


@tensor_function
def log_softmax(logits: Any, axis: int | None = None, name: str | None = None, dim: int | None = None) -> Any:
    """Return the logarithm of :func:`softmax`."""
    return torch.log_softmax(as_tensor(logits), _axis(axis, dim))


def _axis(axis: int | None, dim: int | None) -> int:
    """Return the axis, which TensorFlow 1 called ``dim``."""
    found = dim if axis is None else axis
    return -1 if found is None else int(found)
