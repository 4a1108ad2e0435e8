"""Trigonometric and hyperbolic functions, their inverses, and angles."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.ops.broadcasting import broadcasting_operation
from torchkeras_compat.ops.operands import as_float, as_pair
from torchkeras_compat.symbolic.operation import operation


@operation
def sin(x: Any) -> torch.Tensor:
    """Sine of an angle in radians.

    Example:
        >>> sin(torch.tensor([0.0, 1.5708]))
        tensor([0., 1.])
    """
    return torch.sin(as_float(x))


@operation
def cos(x: Any) -> torch.Tensor:
    """Cosine of an angle in radians.

    Example:
        >>> cos(torch.tensor([0.0, 3.1416]))
        tensor([ 1., -1.])
    """
    return torch.cos(as_float(x))


@operation
def tan(x: Any) -> torch.Tensor:
    """Tangent of an angle in radians.

    Example:
        >>> tan(torch.tensor([0.0, 0.7854]))
        tensor([0.0000, 1.0000])
    """
    return torch.tan(as_float(x))


@operation
def arcsin(x: Any) -> torch.Tensor:
    """Angle in ``[-pi/2, pi/2]`` whose sine is ``x``; NaN outside ``[-1, 1]``.

    Example:
        >>> arcsin(torch.tensor([0.0, 1.0]))
        tensor([0.0000, 1.5708])
    """
    return torch.arcsin(as_float(x))


@operation
def arccos(x: Any) -> torch.Tensor:
    """Angle in ``[0, pi]`` whose cosine is ``x``; NaN outside ``[-1, 1]``.

    Example:
        >>> arccos(torch.tensor([0.0, 1.0]))
        tensor([1.5708, 0.0000])
    """
    return torch.arccos(as_float(x))


@operation
def arctan(x: Any) -> torch.Tensor:
    """Angle in ``(-pi/2, pi/2)`` whose tangent is ``x``.

    Example:
        >>> arctan(torch.tensor([0.0, 1.0]))
        tensor([0.0000, 0.7854])
    """
    return torch.arctan(as_float(x))


@operation
def sinh(x: Any) -> torch.Tensor:
    """Hyperbolic sine, ``(exp(x) - exp(-x)) / 2``.

    Example:
        >>> sinh(torch.tensor([0.0, 1.0]))
        tensor([0.0000, 1.1752])
    """
    return torch.sinh(as_float(x))


@operation
def cosh(x: Any) -> torch.Tensor:
    """Hyperbolic cosine, ``(exp(x) + exp(-x)) / 2``.

    Example:
        >>> cosh(torch.tensor([0.0, 1.0]))
        tensor([1.0000, 1.5431])
    """
    return torch.cosh(as_float(x))


@operation
def tanh(x: Any) -> torch.Tensor:
    """Hyperbolic tangent, ``sinh(x) / cosh(x)``.

    Example:
        >>> tanh(torch.tensor([0.0, 1.0]))
        tensor([0.0000, 0.7616])
    """
    return torch.tanh(as_float(x))


@operation
def arcsinh(x: Any) -> torch.Tensor:
    """Number whose hyperbolic sine is ``x``.

    Example:
        >>> arcsinh(torch.tensor([0.0, 1.0]))
        tensor([0.0000, 0.8814])
    """
    return torch.arcsinh(as_float(x))


@operation
def arccosh(x: Any) -> torch.Tensor:
    """Number, not negative, whose hyperbolic cosine is ``x``; NaN below 1.

    Example:
        >>> arccosh(torch.tensor([1.0, 2.0]))
        tensor([0.0000, 1.3170])
    """
    return torch.arccosh(as_float(x))


@operation
def arctanh(x: Any) -> torch.Tensor:
    """Number whose hyperbolic tangent is ``x``; NaN outside ``[-1, 1]``.

    Example:
        >>> arctanh(torch.tensor([0.0, 0.5]))
        tensor([0.0000, 0.5493])
    """
    return torch.arctanh(as_float(x))


@operation
def deg2rad(x: Any) -> torch.Tensor:
    """Angle in radians of one in degrees, ``x * pi / 180``.

    Example:
        >>> deg2rad(torch.tensor([180.0]))
        tensor([3.1416])
    """
    return torch.deg2rad(as_float(x))


@operation
def rad2deg(x: Any) -> torch.Tensor:
    """Angle in degrees of one in radians, ``x * 180 / pi``.

    Example:
        >>> rad2deg(torch.tensor([3.1416]))
        tensor([180.0004])
    """
    return torch.rad2deg(as_float(x))


@operation
def sinc(x: Any) -> torch.Tensor:
    """``sin(pi x) / (pi x)``, and 1 where ``x`` is 0.

    Example:
        >>> sinc(torch.tensor([0.0, 0.5]))
        tensor([1.0000, 0.6366])
    """
    return torch.sinc(as_float(x))


@broadcasting_operation
def arctan2(x1: Any, x2: Any) -> torch.Tensor:
    """Angle in ``[-pi, pi]`` of the point with ordinate ``x1`` and abscissa ``x2``.

    Example:
        >>> arctan2(torch.tensor([1.0, -1.0]), torch.tensor([1.0, -1.0]))
        tensor([ 0.7854, -2.3562])
    """
    return torch.arctan2(*as_pair(x1, x2, minimum=float))
