"""Exponentials and logarithms."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.ops.broadcasting import broadcasting_operation
from torchkeras_compat.ops.operands import as_float, as_pair
from torchkeras_compat.symbolic.operation import operation


@operation
def exp(x: Any) -> torch.Tensor:
    """Exponential, ``e ** x``.

    Example:
        >>> exp(torch.tensor([0.0, 1.0]))
        tensor([1.0000, 2.7183])
    """
    return torch.exp(as_float(x))


@operation
def exp2(x: Any) -> torch.Tensor:
    """Power of two, ``2 ** x``.

    Example:
        >>> exp2(torch.tensor([0.0, 3.0]))
        tensor([1., 8.])
    """
    return torch.exp2(as_float(x))


@operation
def expm1(x: Any) -> torch.Tensor:
    """``exp(x) - 1``, exact also near 0.

    Example:
        >>> expm1(torch.tensor([0.0, 1e-10]))
        tensor([0.0000e+00, 1.0000e-10])
    """
    return torch.expm1(as_float(x))


@operation
def log(x: Any) -> torch.Tensor:
    """Natural logarithm; NaN for negative numbers, minus infinity for 0.

    Example:
        >>> log(torch.tensor([1.0, 2.7183]))
        tensor([0.0000, 1.0000])
    """
    return torch.log(as_float(x))


@operation
def log10(x: Any) -> torch.Tensor:
    """Logarithm to base 10.

    Example:
        >>> log10(torch.tensor([1.0, 100.0]))
        tensor([0., 2.])
    """
    return torch.log10(as_float(x))


@operation
def log1p(x: Any) -> torch.Tensor:
    """``log(1 + x)``, exact also near 0.

    Example:
        >>> log1p(torch.tensor([0.0, 1e-10]))
        tensor([0.0000e+00, 1.0000e-10])
    """
    return torch.log1p(as_float(x))


@operation
def log2(x: Any) -> torch.Tensor:
    """Logarithm to base 2.

    Example:
        >>> log2(torch.tensor([1.0, 8.0]))
        tensor([0., 3.])
    """
    return torch.log2(as_float(x))


@broadcasting_operation
def logaddexp(x1: Any, x2: Any) -> torch.Tensor:
    """Logarithm of a sum of exponentials, ``log(exp(x1) + exp(x2))``, without overflow.

    Example:
        >>> logaddexp(torch.tensor([0.0, 1000.0]), 0.0)
        tensor([6.9315e-01, 1.0000e+03])
    """
    return torch.logaddexp(*as_pair(x1, x2, minimum=float))


@broadcasting_operation
def logaddexp2(x1: Any, x2: Any) -> torch.Tensor:
    """Logarithm to base 2 of a sum of powers of two, ``log2(2**x1 + 2**x2)``, without overflow.

    Example:
        >>> logaddexp2(torch.tensor([3.0]), 3.0)
        tensor([4.])
    """
    return torch.logaddexp2(*as_pair(x1, x2, minimum=float))
