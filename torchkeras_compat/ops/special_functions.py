"""The error function and its kin, sums in the logarithmic domain, reciprocal roots."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.ops.axes import Axis, normalize_axes
from torchkeras_compat.ops.operands import as_float
from torchkeras_compat.symbolic.operation import operation


@operation
def erf(x: Any) -> torch.Tensor:
    """Return the error function, ``2 / sqrt(pi)`` times the integral of ``exp(-t**2)`` from 0 to ``x``.

    Example:
        >>> erf([0.0, 1.0])
        tensor([0.0000, 0.8427])
    """
    return torch.erf(as_float(x))


@operation
def erfc(x: Any) -> torch.Tensor:
    """Return ``1 - erf(x)``, accurate where ``erf`` is close to 1.

    Example:
        >>> erfc([0.0, 1.0])
        tensor([1.0000, 0.1573])
    """
    return torch.erfc(as_float(x))


@operation
def erfinv(x: Any) -> torch.Tensor:
    """Return the inverse of the error function; NaN outside [-1, 1].

    Example:
        >>> erfinv([0.0, 0.5])
        tensor([0.0000, 0.4769])
    """
    return torch.erfinv(as_float(x))


@operation
def rsqrt(x: Any) -> torch.Tensor:
    """Return ``1 / sqrt(x)``.

    Example:
        >>> rsqrt([1.0, 4.0])
        tensor([1.0000, 0.5000])
    """
    return torch.rsqrt(as_float(x))


@operation
def logsumexp(x: Any, axis: Axis = None, keepdims: bool = False) -> torch.Tensor:
    """Return ``log(sum(exp(x)))`` over ``axis``, without overflow.

    Args:
        x: Tensor.
        axis: Axis or axes; None for all of them.
        keepdims: Whether reduced axes stay, with size 1.

    Raises:
        ValueError: there is no such axis.

    Example:
        >>> logsumexp([1000.0, 1000.0])
        tensor(1000.6932)
    """
    x = as_float(x)
    return torch.logsumexp(x, dim=normalize_axes(axis, x.ndim), keepdim=keepdims)
