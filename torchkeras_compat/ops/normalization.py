"""Means, variances, and what divides by them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F

from torchkeras_compat import config
from torchkeras_compat.ops.axes import Axis, normalize_axes, normalize_axis
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.ops.operands import HALVES, as_float
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.operation import operation
from torchkeras_compat.user_warnings import warn_user


@operation
def moments(
    x: Any, axes: Axis, keepdims: bool = False, synchronized: bool = False
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return mean and variance over ``axes``; the variance is that of the population (divided by ``n``).

    Half precision is summed in float32, and a variance too large for it becomes the largest number.

    Args:
        x: Tensor.
        axes: Axis or axes to reduce.
        keepdims: Whether reduced axes stay, with size 1.
        synchronized: Only False; moments over several processes are the business of
            ``BatchNormalization(synchronized=True)``.

    Raises:
        ValueError: there is no such axis, or ``synchronized`` is set.

    Example:
        >>> moments([1.0, 3.0], axes=[0])
        (tensor(2.), tensor(1.))
    """
    if synchronized:
        raise ValueError(
            "`ops.moments` sees the data of its own process only; received synchronized=True. "
            "Use the layer BatchNormalization(synchronized=True)."
        )
    x = as_float(x)
    dims = normalize_axes(axes, x.ndim)
    wide = x.float() if x.dtype in HALVES else x
    variance, mean = torch.var_mean(wide, dim=dims, correction=0, keepdim=keepdims)
    if wide is x:
        return mean, variance
    limit = torch.finfo(x.dtype).max
    return mean.clamp(-limit, limit).to(x.dtype), variance.clamp(max=limit).to(x.dtype)


@operation
def batch_normalization(
    x: Any,
    mean: Any,
    variance: Any,
    axis: int,
    offset: Any = None,
    scale: Any = None,
    epsilon: float = 1e-3,
) -> torch.Tensor:
    """Return ``(x - mean) / sqrt(variance + epsilon) * scale + offset`` along ``axis``.

    Args:
        x: Tensor.
        mean: Vector of the size of ``axis``.
        variance: Vector of the size of ``axis``.
        axis: Axis of the features.
        offset: Vector of the size of ``axis``, or None for zeros.
        scale: Vector of the size of ``axis``, or None for ones.
        epsilon: Added to the variance.

    Raises:
        ValueError: a vector has another shape.

    Example:
        >>> batch_normalization([[1.0, 2.0]], [1.0, 1.0], [1.0, 0.25], axis=-1, epsilon=0.0)
        tensor([[0., 2.]])

    Source: Ioffe and Szegedy 2015, algorithm 1.
    """
    x = as_float(x)
    axis = normalize_axis(axis, x.ndim)
    vectors = {"mean": mean, "variance": variance, "offset": offset, "scale": scale}
    given = {name: convert_to_tensor(v) for name, v in vectors.items() if v is not None}
    for name, vector in given.items():
        if tuple(vector.shape) != (x.shape[axis],):
            raise ValueError(
                f"`{name}` must be a vector of length {x.shape[axis]}, the size of axis {axis} of x. "
                f"Received: {name}.shape={tuple(vector.shape)}, x.shape={tuple(x.shape)}"
            )
    shape = [1] * x.ndim
    shape[axis] = -1
    factor = torch.rsqrt(given["variance"] + epsilon)
    if scale is not None:
        factor = factor * given["scale"]
    shift = -given["mean"] * factor
    if offset is not None:
        shift = shift + given["offset"]
    return torch.addcmul(shift.reshape(shape), x, factor.reshape(shape))


def _same_as_x(x: Any, *args: Any, **kwargs: Any) -> KerasTensor:
    return KerasTensor(x.shape, x.dtype)


@operation(output_spec=_same_as_x)
def layer_normalization(
    x: Any, gamma: Any = None, beta: Any = None, axis: Axis = -1, epsilon: float | None = None, **kwargs: Any
) -> torch.Tensor:
    """Return ``(x - mean) / sqrt(variance + epsilon) * gamma + beta``, moments taken over ``axis``.

    Args:
        x: Tensor.
        gamma: Factor that broadcasts over ``axis``, or None.
        beta: Summand that broadcasts over ``axis``, or None.
        axis: Axis or axes to normalize over.
        epsilon: Added to the variance; None for :func:`~torchkeras_compat.config.epsilon`.
        **kwargs: ``rms_scaling``, deprecated: see :func:`rms_normalization`.

    Raises:
        ValueError: there is no such axis, or an argument is unknown.

    Example:
        >>> layer_normalization([1.0, 3.0])
        tensor([-1.,  1.])

    Source: Ba et al. 2016, eq. 4.
    """
    rms_scaling = kwargs.pop("rms_scaling", False)
    if kwargs:
        raise ValueError(f"`layer_normalization` does not take the arguments {list(kwargs)}.")
    if rms_scaling:
        warn_user("You passed `rms_scaling=True`, which is deprecated. Use `rms_normalization(x, scale)` instead.")
        return rms_normalization(x, gamma, axis, epsilon)
    x = as_float(x)
    epsilon = config.epsilon() if epsilon is None else epsilon
    dims = tuple(sorted(normalize_axes(axis, x.ndim)))
    if dims == tuple(range(x.ndim - len(dims), x.ndim)):
        shape = x.shape[dims[0] :]
        weight, bias = (_vector(v, x, shape) for v in (gamma, beta))
        return F.layer_norm(x, shape, weight, bias, epsilon)
    variance, mean = torch.var_mean(x, dim=dims, correction=0, keepdim=True)
    x = (x - mean) * torch.rsqrt(variance + epsilon)
    if gamma is not None:
        x = x * _along(gamma, x, dims)
    return x if beta is None else x + _along(beta, x, dims)


@operation(output_spec=_same_as_x)
def rms_normalization(x: Any, scale: Any = None, axis: Axis = -1, epsilon: float | None = None) -> torch.Tensor:
    """Return ``x / sqrt(mean(x**2) + epsilon) * scale``, the mean taken over ``axis``.

    Args:
        x: Tensor.
        scale: Factor that broadcasts over ``axis``, or None.
        axis: Axis or axes to normalize over.
        epsilon: Added to the mean square; None for :func:`~torchkeras_compat.config.epsilon`.

    Raises:
        ValueError: there is no such axis.

    Example:
        >>> rms_normalization([3.0, 4.0])
        tensor([0.8485, 1.1314])

    Source: Zhang and Sennrich 2019, eq. 4.
    """
    x = as_float(x)
    epsilon = config.epsilon() if epsilon is None else epsilon
    dims = tuple(sorted(normalize_axes(axis, x.ndim)))
    if dims == tuple(range(x.ndim - len(dims), x.ndim)):
        shape = x.shape[dims[0] :]
        return F.rms_norm(x, shape, _vector(scale, x, shape), epsilon)
    x = x * torch.rsqrt(x.square().mean(dim=dims, keepdim=True) + epsilon)
    return x if scale is None else x * _along(scale, x, dims)


@operation
def normalize(
    x: Any, axis: int | Sequence[int] | None = -1, order: int = 2, epsilon: float | None = None
) -> torch.Tensor:
    """Return ``x / max(norm(x), epsilon)``, the norm taken over ``axis``.

    Args:
        x: Tensor.
        axis: Axis or axes of the norm; None for all elements.
        order: Order of the norm, at least 1.
        epsilon: Smallest divisor; None for :func:`~torchkeras_compat.config.epsilon`.

    Raises:
        ValueError: there is no such axis, or ``order`` is not an int of at least 1.

    Example:
        >>> normalize([3.0, 4.0])
        tensor([0.6000, 0.8000])
    """
    if not isinstance(order, (int, np.integer)) or order < 1:
        raise ValueError(f"Argument `order` must be an int >= 1. Received: order={order}")
    x = as_float(x)
    dims = normalize_axes(axis, x.ndim)
    norm = torch.linalg.vector_norm(x, ord=order, dim=dims or None, keepdim=True)
    return x / norm.clamp_min(config.epsilon() if epsilon is None else epsilon)


def _vector(value: Any, x: torch.Tensor, shape: torch.Size) -> torch.Tensor | None:
    """A weight in the dtype of ``x`` and the shape that torch's normalizations ask for."""
    if value is None:
        return None
    value = convert_to_tensor(value, x.dtype)
    return value if value.shape == shape else value.expand(shape)


def _along(value: Any, x: torch.Tensor, dims: tuple[int, ...]) -> torch.Tensor:
    """A weight in the dtype of ``x``, shaped to broadcast along ``dims``."""
    value = convert_to_tensor(value, x.dtype)
    if value.ndim != len(dims):
        return value
    return value.reshape([x.shape[d] if d in dims else 1 for d in range(x.ndim)])
