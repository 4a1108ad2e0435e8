"""Functions of one operand, element by element: signs, powers, roots, rounding, limits."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.dtypes.promotion import common_dtype
from torchkeras_compat.ops.broadcasting import broadcasting_operation
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.ops.operands import as_float, weak_dtype
from torchkeras_compat.symbolic.operation import operation


@operation
def negative(x: Any) -> torch.Tensor:
    """Opposite, ``-x``.

    Example:
        >>> negative(torch.tensor([1, -2]))
        tensor([-1,  2])
    """
    return torch.neg(convert_to_tensor(x))


@operation
def absolute(x: Any) -> torch.Tensor:
    """Distance from zero, ``|x|``; the modulus of complex numbers.

    Example:
        >>> absolute(torch.tensor([1.0, -2.0]))
        tensor([1., 2.])
    """
    x = convert_to_tensor(x)
    return x if x.dtype is torch.bool else torch.abs(x)


abs = absolute


@operation
def fabs(x: Any) -> torch.Tensor:
    """Distance from zero of real numbers, in floating point also for integers.

    Example:
        >>> fabs(torch.tensor([1, -2]))
        tensor([1., 2.])
    """
    return torch.abs(as_float(x))


@operation
def sign(x: Any) -> torch.Tensor:
    """-1, 0 or 1 as ``x`` is negative, zero or positive; ``x / |x|`` for complex numbers.

    Example:
        >>> sign(torch.tensor([-2.0, 0.0, 3.0]))
        tensor([-1.,  0.,  1.])
    """
    return torch.sgn(convert_to_tensor(x))


@operation
def signbit(x: Any) -> torch.Tensor:
    """Whether the sign bit is set: of negative numbers and of -0.0.

    Example:
        >>> signbit(torch.tensor([-0.0, 0.0]))
        tensor([ True, False])
    """
    return torch.signbit(convert_to_tensor(x))


@operation
def reciprocal(x: Any) -> torch.Tensor:
    """Inverse, ``1 / x``.

    Example:
        >>> reciprocal(torch.tensor([2.0, 4.0]))
        tensor([0.5000, 0.2500])
    """
    return torch.reciprocal(as_float(x))


@operation
def square(x: Any) -> torch.Tensor:
    """Square, ``x * x``; of booleans as integers.

    Example:
        >>> square(torch.tensor([2.0, -3.0]))
        tensor([4., 9.])
    """
    x = convert_to_tensor(x)
    return torch.square(x.to(torch.int32) if x.dtype is torch.bool else x)


@operation
def sqrt(x: Any) -> torch.Tensor:
    """Square root, NaN for negative numbers.

    Example:
        >>> sqrt(torch.tensor([4, 9]))
        tensor([2., 3.])
    """
    return torch.sqrt(as_float(x))


@operation
def cbrt(x: Any) -> torch.Tensor:
    """Cube root, negative for negative numbers.

    Example:
        >>> cbrt(torch.tensor([-8.0, 27.0]))
        tensor([-2.,  3.])
    """
    x = as_float(x)
    return torch.sign(x) * torch.abs(x) ** (1 / 3)


@operation
def ceil(x: Any) -> torch.Tensor:
    """Smallest integer that is not below ``x``, as a float.

    Example:
        >>> ceil(torch.tensor([1.2, -1.2]))
        tensor([ 2., -1.])
    """
    return torch.ceil(as_float(x))


@operation
def floor(x: Any) -> torch.Tensor:
    """Largest integer that is not above ``x``, as a float.

    Example:
        >>> floor(torch.tensor([1.2, -1.2]))
        tensor([ 1., -2.])
    """
    return torch.floor(as_float(x))


@operation
def trunc(x: Any) -> torch.Tensor:
    """Integer part of ``x``, rounding towards zero, in the same dtype.

    Example:
        >>> trunc(torch.tensor([1.7, -1.7]))
        tensor([ 1., -1.])
    """
    x = convert_to_tensor(x)
    return x if x.dtype is torch.bool else torch.trunc(x)


@operation
def round(x: Any, decimals: int = 0) -> torch.Tensor:
    """Nearest number with so many decimals, the even one of two equally near.

    Args:
        x: What to round, in any dtype; integers stay integers.
        decimals: Digits after the point; negative to round to tens, hundreds, ...

    Example:
        >>> round(torch.tensor([1.25, 2.5])), round(torch.tensor([126]), -1)
        (tensor([1., 2.]), tensor([130]))
    """
    x = convert_to_tensor(x)
    if x.is_floating_point() or x.is_complex():
        return torch.round(x, decimals=decimals)
    if decimals >= 0:
        return x.to(torch.int32) if x.dtype is torch.bool else x
    return torch.round(x.to(torch.float64), decimals=decimals).to(x.dtype)


@broadcasting_operation(tensors=("x", "x_min", "x_max"))
def clip(x: Any, x_min: Any, x_max: Any) -> torch.Tensor:
    """``x`` limited to ``[x_min, x_max]``.

    Args:
        x: What to limit; booleans become integers.
        x_min: Lower limit, a number or a tensor that broadcasts; None for no limit.
        x_max: Upper limit, likewise.

    Example:
        >>> clip(torch.tensor([-1.0, 0.5, 9.0]), 0, 1)
        tensor([0.0000, 0.5000, 1.0000])
    """
    x = convert_to_tensor(x)
    limits = [
        limit if limit is None or weak_dtype(limit) is not None else convert_to_tensor(limit)
        for limit in (x_min, x_max)
    ]
    kinds: list[Any] = [weak_dtype(limit) for limit in limits if limit is not None]
    dtype = common_dtype(x.dtype, int, *kinds)
    x = x if x.dtype is dtype else x.to(dtype)
    if any(isinstance(limit, torch.Tensor) for limit in limits):
        limits = [limit if limit is None else torch.as_tensor(limit, dtype=dtype, device=x.device) for limit in limits]
    return x if x_min is None and x_max is None else torch.clamp(x, *limits)


@operation
def nan_to_num(x: Any, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None) -> torch.Tensor:
    """``x`` with numbers in place of NaN and of the infinities.

    Args:
        x: Any dtype; integers come back as they are.
        nan: What stands for NaN.
        posinf: What stands for infinity; None for the largest number of the dtype.
        neginf: What stands for minus infinity; None for the smallest number of the dtype.

    Example:
        >>> nan_to_num(torch.tensor([1.0, float("nan"), float("inf")]), posinf=9)
        tensor([1., 0., 9.])
    """
    x = convert_to_tensor(x)
    return torch.nan_to_num(x, nan=nan, posinf=posinf, neginf=neginf)


@operation
def real(x: Any) -> torch.Tensor:
    """Real part.

    Example:
        >>> real(torch.tensor([1 + 2j]))
        tensor([1.])
    """
    return torch.real(convert_to_tensor(x))


@operation
def imag(x: Any) -> torch.Tensor:
    """Imaginary part, 0 for real numbers.

    Example:
        >>> imag(torch.tensor([1 + 2j])), imag(torch.tensor([3.0]))
        (tensor([2.]), tensor([0.]))
    """
    x = convert_to_tensor(x)
    return torch.imag(x) if x.is_complex() else torch.zeros_like(x)


@operation
def conjugate(x: Any) -> torch.Tensor:
    """Complex conjugate: the imaginary part with the other sign.

    Example:
        >>> conjugate(torch.tensor([1 + 2j]))
        tensor([1.-2.j])
    """
    return torch.conj(convert_to_tensor(x)).resolve_conj()


conj = conjugate


@operation
def angle(x: Any) -> torch.Tensor:
    """Angle in the complex plane, in radians: 0 for positive, pi for negative real numbers.

    Example:
        >>> angle(torch.tensor([1.0, -1.0]))
        tensor([0.0000, 3.1416])
    """
    return torch.angle(as_float(x))


@operation
def i0(x: Any) -> torch.Tensor:
    """Modified Bessel function of the first kind, of order zero.

    Example:
        >>> i0(torch.tensor([0.0, 1.0]))
        tensor([1.0000, 1.2661])
    """
    return torch.i0(as_float(x))
