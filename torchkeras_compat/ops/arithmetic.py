"""Arithmetic of two operands, element by element, as NumPy names it."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.dtypes.promotion import common_dtype
from torchkeras_compat.ops.broadcasting import broadcasting_operation
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.ops.operands import as_operands, as_pair, float_dtype


@broadcasting_operation
def add(x1: Any, x2: Any) -> torch.Tensor:
    """Sum ``x1 + x2``; of booleans, their logical or.

    Example:
        >>> add(torch.tensor([1, 2]), 1)
        tensor([2, 3])
    """
    x1, x2 = as_operands(x1, x2)
    return x1 + x2


@broadcasting_operation
def subtract(x1: Any, x2: Any) -> torch.Tensor:
    """Difference ``x1 - x2``.

    Example:
        >>> subtract(torch.tensor([1.0, 2.0]), 1)
        tensor([0., 1.])
    """
    x1, x2 = as_operands(x1, x2)
    return x1 - x2


@broadcasting_operation
def multiply(x1: Any, x2: Any) -> torch.Tensor:
    """Product ``x1 * x2``; of booleans, their logical and.

    Example:
        >>> multiply(torch.tensor([1.0, 2.0]), 3)
        tensor([3., 6.])
    """
    x1, x2 = as_operands(x1, x2)
    return x1 * x2


@broadcasting_operation
def divide(x1: Any, x2: Any) -> torch.Tensor:
    """Quotient ``x1 / x2``, in floating point also for integers.

    Example:
        >>> divide(torch.tensor([1, 2]), 2)
        tensor([0.5000, 1.0000])
    """
    x1, x2 = as_operands(x1, x2)
    if (isinstance(x1, torch.Tensor) and not x1.is_floating_point()) or (
        isinstance(x2, torch.Tensor) and not x2.is_floating_point()
    ):
        x1, x2 = as_pair(x1, x2, minimum=float)
    return x1 / x2


@broadcasting_operation
def true_divide(x1: Any, x2: Any) -> torch.Tensor:
    """Quotient ``x1 / x2``: :func:`divide` under the name that NumPy's `/` goes by.

    Example:
        >>> true_divide(torch.tensor([1, 3]), 2)
        tensor([0.5000, 1.5000])
    """
    return divide.__wrapped__(x1, x2)


@broadcasting_operation
def divide_no_nan(x1: Any, x2: Any) -> torch.Tensor:
    """Quotient ``x1 / x2``, and 0 where ``x2`` is 0; the gradient is 0 there too.

    Example:
        >>> divide_no_nan(torch.tensor([1.0, 3.0]), torch.tensor([0.0, 2.0]))
        tensor([0.0000, 1.5000])
    """
    x1, x2 = as_pair(x1, x2, minimum=float)
    is_zero = x2 == 0
    # The division itself must not see the zeros: its gradient there would be NaN times 0.
    return torch.where(is_zero, 0, x1 / torch.where(is_zero, 1, x2))


@broadcasting_operation
def floor_divide(x1: Any, x2: Any) -> torch.Tensor:
    """Quotient rounded down, ``floor(x1 / x2)``, in the operands' dtype.

    Example:
        >>> floor_divide(torch.tensor([-3, 3]), 2)
        tensor([-2,  1])
    """
    x1, x2 = as_pair(x1, x2, minimum=int)
    if isinstance(x2, torch.Tensor) and not (isinstance(x1, torch.Tensor) and x1.device.type != "cpu"):
        x1 = torch.as_tensor(x1, device=x2.device)  # torch leaves a number on the CPU
    return torch.floor_divide(x1, x2)


@broadcasting_operation
def mod(x1: Any, x2: Any) -> torch.Tensor:
    """Remainder of :func:`floor_divide`, with the sign of ``x2``.

    Example:
        >>> mod(torch.tensor([-3, 3]), 2)
        tensor([1, 1])
    """
    x1, x2 = as_pair(x1, x2, minimum=int)
    return torch.remainder(x1, x2)


@broadcasting_operation
def fmod(x1: Any, x2: Any) -> torch.Tensor:
    """Remainder of the division rounded towards zero, with the sign of ``x1``.

    Example:
        >>> fmod(torch.tensor([-3, 3]), 2)
        tensor([-1,  1])
    """
    x1, x2 = as_pair(x1, x2, minimum=int)
    return torch.fmod(x1, x2)


@broadcasting_operation
def power(x1: Any, x2: Any) -> torch.Tensor:
    """Power ``x1 ** x2``.

    Raises:
        RuntimeError: an integer is raised to a negative integer.

    Example:
        >>> power(torch.tensor([1.0, 2.0]), 3)
        tensor([1., 8.])
    """
    x1, x2 = as_operands(x1, x2)
    if isinstance(x1, torch.Tensor) and x1.dtype is torch.bool:
        x1, x2 = as_pair(x1, x2, minimum=int)
    return x1**x2


@broadcasting_operation
def maximum(x1: Any, x2: Any) -> torch.Tensor:
    """Larger of ``x1`` and ``x2``, NaN where either is.

    Example:
        >>> maximum(torch.tensor([1.0, 5.0]), 3)
        tensor([3., 5.])
    """
    return torch.maximum(*as_pair(x1, x2))


@broadcasting_operation
def minimum(x1: Any, x2: Any) -> torch.Tensor:
    """Smaller of ``x1`` and ``x2``, NaN where either is.

    Example:
        >>> minimum(torch.tensor([1.0, 5.0]), 3)
        tensor([1., 3.])
    """
    return torch.minimum(*as_pair(x1, x2))


@broadcasting_operation
def fmax(x1: Any, x2: Any) -> torch.Tensor:
    """Larger of ``x1`` and ``x2``, passing over a NaN where the other is a number.

    Example:
        >>> fmax(torch.tensor([1.0, float("nan")]), 0)
        tensor([1., 0.])
    """
    return torch.fmax(*as_pair(x1, x2))


@broadcasting_operation
def fmin(x1: Any, x2: Any) -> torch.Tensor:
    """Smaller of ``x1`` and ``x2``, passing over a NaN where the other is a number.

    Example:
        >>> fmin(torch.tensor([1.0, float("nan")]), 2)
        tensor([1., 2.])
    """
    return torch.fmin(*as_pair(x1, x2))


@broadcasting_operation
def gcd(x1: Any, x2: Any) -> torch.Tensor:
    """Greatest common divisor of integers.

    Example:
        >>> gcd(torch.tensor([12, 7]), 8)
        tensor([4, 1])
    """
    return torch.gcd(*as_pair(x1, x2))


@broadcasting_operation
def lcm(x1: Any, x2: Any) -> torch.Tensor:
    """Least common multiple of integers.

    Example:
        >>> lcm(torch.tensor([4, 7]), 6)
        tensor([12, 42])
    """
    return torch.lcm(*as_pair(x1, x2))


@broadcasting_operation
def heaviside(x1: Any, x2: Any) -> torch.Tensor:
    """Step function: 0 where ``x1 < 0``, ``x2`` where ``x1 == 0``, 1 where ``x1 > 0``.

    Example:
        >>> heaviside(torch.tensor([-1.0, 0.0, 2.0]), 0.5)
        tensor([0.0000, 0.5000, 1.0000])
    """
    return torch.heaviside(*as_pair(x1, x2, minimum=float))


@broadcasting_operation
def hypot(x1: Any, x2: Any) -> torch.Tensor:
    """Length of the hypotenuse, ``sqrt(x1**2 + x2**2)``.

    Example:
        >>> hypot(torch.tensor([3.0]), 4)
        tensor([5.])
    """
    return torch.hypot(*as_pair(x1, x2, minimum=float))


@broadcasting_operation
def nextafter(x1: Any, x2: Any) -> torch.Tensor:
    """Float that follows ``x1`` in the direction of ``x2``.

    Example:
        >>> nextafter(torch.tensor([1.0]), 2.0) - 1
        tensor([1.1921e-07])
    """
    return torch.nextafter(*as_pair(x1, x2, minimum=float))


@broadcasting_operation
def ldexp(x1: Any, x2: Any) -> torch.Tensor:
    """Product ``x1 * 2**x2`` with an integer ``x2``, in the float dtype of ``x1``.

    Raises:
        TypeError: ``x2`` is not of an integer dtype.

    Example:
        >>> ldexp(torch.tensor([0.75]), torch.tensor([2]))
        tensor([3.])
    """
    x1, x2 = convert_to_tensor(x1), convert_to_tensor(x2)
    if x2.is_floating_point() or x2.is_complex():
        raise TypeError(
            "ldexp exponent must be an integer type. "
            f"Received: x2 dtype={x2.dtype}. Cast `x2` to an integer dtype first."
        )
    dtype = float_dtype(common_dtype(x1.dtype, x2.dtype))
    return torch.ldexp(x1.to(dtype), x2.to(dtype))
