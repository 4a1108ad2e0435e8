"""Elementwise activation functions, on torch's kernels."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F

from torchkeras_compat.ops import logits
from torchkeras_compat.ops.axes import normalize_axis
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.ops.operands import as_float
from torchkeras_compat.symbolic.operation import operation


@operation
def relu(x: Any) -> torch.Tensor:
    """Return ``max(x, 0)``.

    Example:
        >>> relu([-1.0, 2.0])
        tensor([0., 2.])
    """
    return torch.relu(convert_to_tensor(x))


@operation
def relu6(x: Any) -> torch.Tensor:
    """Return ``min(max(x, 0), 6)``.

    Example:
        >>> relu6([-1.0, 2.0, 9.0])
        tensor([0., 2., 6.])
    """
    x = convert_to_tensor(x)
    return F.relu6(x) if x.dtype.is_floating_point else _number(x).clamp(0, 6)


@operation
def sigmoid(x: Any) -> torch.Tensor:
    """Return ``1 / (1 + exp(-x))``.

    Example:
        >>> sigmoid([0.0])
        tensor([0.5000])
    """
    return logits.sigmoid(as_float(x))


@operation
def sparse_sigmoid(x: Any) -> torch.Tensor:
    """Return 0 up to -1, 1 from 1 on, and ``(x + 1) / 2`` in between.

    Example:
        >>> sparse_sigmoid([-2.0, 0.0, 2.0])
        tensor([0.0000, 0.5000, 1.0000])

    Source: Martins and Astudillo 2016, section 2.4.
    """
    return ((as_float(x) + 1) * 0.5).clamp(0, 1)


@operation
def softplus(x: Any) -> torch.Tensor:
    """Return ``log(exp(x) + 1)``.

    Example:
        >>> softplus([0.0])
        tensor([0.6931])
    """
    return F.softplus(as_float(x))


@operation
def softsign(x: Any) -> torch.Tensor:
    """Return ``x / (1 + |x|)``.

    Example:
        >>> softsign([-1.0, 3.0])
        tensor([-0.5000,  0.7500])
    """
    return F.softsign(as_float(x))


@operation
def soft_shrink(x: Any, threshold: float = 0.5) -> torch.Tensor:
    """Return ``x`` moved towards zero by ``threshold``, zero where that would cross it.

    Args:
        x: Tensor.
        threshold: Non-negative number.

    Example:
        >>> soft_shrink([-1.0, 0.2, 1.0])
        tensor([-0.5000,  0.0000,  0.5000])
    """
    return F.softshrink(as_float(x), threshold)


@operation
def hard_shrink(x: Any, threshold: float = 0.5) -> torch.Tensor:
    """Return ``x`` with zero in place of what lies within ``threshold`` of zero.

    Example:
        >>> hard_shrink([-1.0, 0.2, 1.0])
        tensor([-1.,  0.,  1.])
    """
    return F.hardshrink(as_float(x), threshold)


@operation
def tanh_shrink(x: Any) -> torch.Tensor:
    """Return ``x - tanh(x)``.

    Example:
        >>> tanh_shrink([0.0, 1.0])
        tensor([0.0000, 0.2384])
    """
    return F.tanhshrink(as_float(x))


@operation
def hard_tanh(x: Any) -> torch.Tensor:
    """Return ``x`` clipped to [-1, 1].

    Example:
        >>> hard_tanh([-2.0, 0.5])
        tensor([-1.0000,  0.5000])
    """
    x = convert_to_tensor(x)
    return F.hardtanh(x) if x.dtype.is_floating_point else _number(x).clamp(-1, 1)


@operation
def silu(x: Any) -> torch.Tensor:
    """Return ``x * sigmoid(x)``, also called swish.

    Example:
        >>> silu([0.0, 1.0])
        tensor([0.0000, 0.7311])

    Source: Ramachandran et al. 2017.
    """
    return F.silu(as_float(x))


swish = silu


@operation
def squareplus(x: Any, b: float = 4) -> torch.Tensor:
    """Return ``(x + sqrt(x**2 + b)) / 2``, a smooth ``relu``.

    Example:
        >>> squareplus([0.0, 1.5])
        tensor([1., 2.])

    Source: Barron 2021.
    """
    x = as_float(x)
    return (x + torch.sqrt(x * x + b)) / 2


@operation
def sparse_plus(x: Any) -> torch.Tensor:
    """Return 0 up to -1, ``x`` from 1 on, and ``(x + 1)**2 / 4`` in between.

    Example:
        >>> sparse_plus([-2.0, 0.0, 2.0])
        tensor([0.0000, 0.2500, 2.0000])
    """
    x = as_float(x)
    return torch.where(x < 1, torch.square((x + 1).clamp_min(0)) / 4, x)


@operation
def log_sigmoid(x: Any) -> torch.Tensor:
    """Return ``log(1 / (1 + exp(-x)))``.

    Example:
        >>> log_sigmoid([0.0])
        tensor([-0.6931])
    """
    return F.logsigmoid(as_float(x))


@operation
def leaky_relu(x: Any, negative_slope: float = 0.2) -> torch.Tensor:
    """Return ``x`` where positive, else ``negative_slope * x``; torch's default slope is 0.01.

    Example:
        >>> leaky_relu([-1.0, 2.0])
        tensor([-0.2000,  2.0000])
    """
    return F.leaky_relu(as_float(x), negative_slope)


@operation
def hard_sigmoid(x: Any) -> torch.Tensor:
    """Return ``relu6(x + 3) / 6``.

    Example:
        >>> hard_sigmoid([-3.0, 0.0, 3.0])
        tensor([0.0000, 0.5000, 1.0000])
    """
    return F.hardsigmoid(as_float(x))


@operation
def hard_silu(x: Any) -> torch.Tensor:
    """Return ``x * relu6(x + 3) / 6``, also called hard swish.

    Example:
        >>> hard_silu([-3.0, 3.0])
        tensor([-0., 3.])

    Source: Howard et al. 2019.
    """
    return F.hardswish(as_float(x))


hard_swish = hard_silu


@operation
def elu(x: Any, alpha: float = 1.0) -> torch.Tensor:
    """Return ``x`` where positive, else ``alpha * (exp(x) - 1)``.

    Example:
        >>> elu([-1.0, 2.0])
        tensor([-0.6321,  2.0000])

    Source: Clevert et al. 2015.
    """
    return F.elu(as_float(x), alpha)


@operation
def selu(x: Any) -> torch.Tensor:
    """Return ``1.0507 * elu(x, 1.6733)``, which keeps mean 0 and variance 1 from layer to layer.

    Example:
        >>> selu([-1.0, 2.0])
        tensor([-1.1113,  2.1014])

    Source: Klambauer et al. 2017.
    """
    return F.selu(as_float(x))


@operation
def gelu(x: Any, approximate: bool = True) -> torch.Tensor:
    """Return ``x`` times the standard normal distribution function of ``x``.

    Args:
        x: Tensor.
        approximate: Whether to use the approximation by ``tanh``; torch's default is the exact function.

    Example:
        >>> gelu([0.0, 1.0], approximate=False)
        tensor([0.0000, 0.8413])

    Source: Hendrycks and Gimpel 2016.
    """
    return F.gelu(as_float(x), approximate="tanh" if approximate else "none")


@operation
def celu(x: Any, alpha: float = 1.0) -> torch.Tensor:
    """Return ``max(x, 0) + min(alpha * (exp(x / alpha) - 1), 0)``.

    Example:
        >>> celu([-1.0, 2.0])
        tensor([-0.6321,  2.0000])

    Source: Barron 2017.
    """
    return F.celu(as_float(x), alpha)


@operation
def glu(x: Any, axis: int = -1) -> torch.Tensor:
    """Return the first half of ``x`` along ``axis`` times the sigmoid of the second half.

    Raises:
        ValueError: there is no such axis, or its size is odd.

    Example:
        >>> glu([2.0, 0.0])
        tensor([1.])

    Source: Dauphin et al. 2016.
    """
    x = as_float(x)
    if x.shape[normalize_axis(axis, x.ndim)] % 2:
        raise ValueError(f"`glu` needs an even size along axis {axis}. Received: x.shape={tuple(x.shape)}")
    return F.glu(x, axis)


@operation
def threshold(x: Any, threshold: float, default_value: float) -> torch.Tensor:
    """Return ``x`` with ``default_value`` in place of what is not greater than ``threshold``.

    Example:
        >>> threshold([-1.0, 2.0], 0.0, 7.0)
        tensor([7., 2.])
    """
    return F.threshold(_number(convert_to_tensor(x)), threshold, default_value)


def _number(x: torch.Tensor) -> torch.Tensor:
    """Integers as they are, booleans as floats."""
    return as_float(x) if x.dtype is torch.bool else x
