"""Normalization of `tf.nn`, and what goes with it: moments, dropout, bias."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F

from torchkeras_compat.dialects.tensorflow.nn.layouts import is_channels_first
from torchkeras_compat.dialects.tensorflow.tensor import tensor_function
from torchkeras_compat.ops.conversion import convert_to_tensor as as_tensor
from torchkeras_compat.random.dropouts import dropout as core_dropout


def _axes(axes: Any) -> list[int]:
    return [int(a) for a in axes] if isinstance(axes, (list, tuple, torch.Tensor)) else [int(axes)]


@tensor_function
def moments(x: Any, axes: Any, shift: Any = None, keepdims: bool = False, name: str | None = None) -> Any:
    """Return mean and variance along axes.

    Args:
        x: Tensor.
        axes: Axis, or list of them.
        shift: Kept for TensorFlow's signature.
        keepdims: Whether the axes stay, with size 1.
        name: Kept for TensorFlow's signature.

    Example:
        >>> moments([1.0, 3.0], 0)[1]
        <tf.Tensor: shape=(), dtype=float32, numpy=1.0>
    """
    values = as_tensor(x)
    wide = values.float() if values.dtype in (torch.float16, torch.bfloat16) else values
    mean = wide.mean(_axes(axes), keepdim=keepdims)
    variance = wide.var(_axes(axes), correction=0, keepdim=keepdims)
    return mean.to(values.dtype), variance.to(values.dtype)


@tensor_function
def weighted_moments(x: Any, axes: Any, frequency_weights: Any, keepdims: bool = False, name: str | None = None) -> Any:
    """Return mean and variance along axes, of values that count ``frequency_weights`` times."""
    values = as_tensor(x)
    weights = as_tensor(frequency_weights).to(values.dtype).broadcast_to(values.shape)
    total = weights.sum(_axes(axes), keepdim=True)
    mean = (weights * values).sum(_axes(axes), keepdim=True) / total
    variance = (weights * (values - mean) ** 2).sum(_axes(axes), keepdim=True) / total
    if keepdims:
        return mean, variance
    places = sorted((a % values.ndim for a in _axes(axes)), reverse=True)
    for place in places:
        mean, variance = mean.squeeze(place), variance.squeeze(place)
    return mean, variance


@tensor_function
def batch_normalization(
    x: Any, mean: Any, variance: Any, offset: Any, scale: Any, variance_epsilon: float, name: str | None = None
) -> Any:
    """Return ``(x - mean) / sqrt(variance + variance_epsilon) * scale + offset``; the last two may be None."""
    x = as_tensor(x)
    factor = torch.rsqrt(as_tensor(variance) + variance_epsilon)
    if scale is not None:
        factor = factor * as_tensor(scale)
    shift = -as_tensor(mean) * factor
    if offset is not None:
        shift = shift + as_tensor(offset)
    return x * factor.to(x.dtype) + shift.to(x.dtype)


@tensor_function
def l2_normalize(x: Any, axis: Any = None, epsilon: float = 1e-12, name: str | None = None, dim: Any = None) -> Any:
    """Return ``x / sqrt(max(sum(x ** 2), epsilon))``, the sum along an axis, several or all.

    Example:
        >>> l2_normalize([3.0, 4.0])
        <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.6, 0.8], dtype=float32)>
    """
    x = as_tensor(x)
    place = dim if axis is None else axis
    squares = x.square()
    total = squares.sum() if place is None else squares.sum(_axes(place), keepdim=True)
    return x * torch.rsqrt(total.clamp_min(epsilon))


@tensor_function
def local_response_normalization(
    input: Any,
    depth_radius: int = 5,
    bias: float = 1.0,
    alpha: float = 1.0,
    beta: float = 0.5,
    name: str | None = None,
) -> Any:
    """Return ``input / (bias + alpha * s) ** beta``, ``s`` the sum of squares of the channels nearby.

    Args:
        input: ``(batch, height, width, channels)``.
        depth_radius: Number of channels on each side.
        bias: See above.
        alpha: See above.
        beta: See above.
        name: Kept for TensorFlow's signature.

    Source: Krizhevsky et al. 2012, section 3.3.
    """
    width = 2 * int(depth_radius) + 1
    x = as_tensor(input).movedim(-1, 1)
    return F.local_response_norm(x, width, alpha * width, beta, bias).movedim(1, -1)


@tensor_function
def bias_add(value: Any, bias: Any, data_format: str | None = None, name: str | None = None) -> Any:
    """Return the value with a bias added to each channel.

    Args:
        value: Tensor.
        bias: One number for each channel.
        data_format: ``"NCHW"`` where the channels come second, else None or ``"N...C"``.
        name: Kept for TensorFlow's signature.
    """
    x, b = as_tensor(value), as_tensor(bias)
    first = (
        data_format is not None
        and data_format not in ("N...C",)
        and (data_format == "NC..." or is_channels_first(data_format))
    )
    return x + (b.reshape(-1, *(1,) * (x.ndim - 2)) if first else b)


@tensor_function
def dropout(x: Any, rate: Any, noise_shape: Any = None, seed: int | None = None, name: str | None = None) -> Any:
    """Return the values, each zero with probability ``rate``, the others times ``1 / (1 - rate)``.

    Args:
        x: Tensor of floats.
        rate: Fraction in [0, 1).
        noise_shape: Shape of the random mask, which broadcasts to that of ``x``.
        seed: An int for the same mask in every call.
        name: Kept for TensorFlow's signature.

    Raises:
        ValueError: ``rate`` is outside [0, 1).
    """
    fraction = float(rate)
    if not 0 <= fraction < 1:
        raise ValueError(f"`rate` must be a fraction in [0, 1). Received: rate={rate}")
    shape = None if noise_shape is None else [None if s is None else int(s) for s in noise_shape]
    return core_dropout(as_tensor(x), fraction, shape, seed)
