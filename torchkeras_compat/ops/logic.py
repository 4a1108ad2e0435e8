"""Comparisons, logical operations, and questions about numbers: finite, infinite, NaN, real, close."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.ops.broadcasting import broadcasting_operation, static_shape
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.ops.operands import as_bool, as_operands, as_pair
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.operation import operation


@broadcasting_operation
def equal(x1: Any, x2: Any) -> torch.Tensor:
    """Whether ``x1 == x2``, element by element.

    Example:
        >>> equal(torch.tensor([1, 2]), 2)
        tensor([False,  True])
    """
    x1, x2 = as_operands(x1, x2)
    return x1 == x2


@broadcasting_operation
def not_equal(x1: Any, x2: Any) -> torch.Tensor:
    """Whether ``x1 != x2``, element by element.

    Example:
        >>> not_equal(torch.tensor([1, 2]), 2)
        tensor([ True, False])
    """
    x1, x2 = as_operands(x1, x2)
    return x1 != x2


@broadcasting_operation
def greater(x1: Any, x2: Any) -> torch.Tensor:
    """Whether ``x1 > x2``, element by element.

    Example:
        >>> greater(torch.tensor([1, 2]), 1)
        tensor([False,  True])
    """
    x1, x2 = as_operands(x1, x2)
    return x1 > x2


@broadcasting_operation
def greater_equal(x1: Any, x2: Any) -> torch.Tensor:
    """Whether ``x1 >= x2``, element by element.

    Example:
        >>> greater_equal(torch.tensor([1, 2]), 2)
        tensor([False,  True])
    """
    x1, x2 = as_operands(x1, x2)
    return x1 >= x2


@broadcasting_operation
def less(x1: Any, x2: Any) -> torch.Tensor:
    """Whether ``x1 < x2``, element by element.

    Example:
        >>> less(torch.tensor([1, 2]), 2)
        tensor([ True, False])
    """
    x1, x2 = as_operands(x1, x2)
    return x1 < x2


@broadcasting_operation
def less_equal(x1: Any, x2: Any) -> torch.Tensor:
    """Whether ``x1 <= x2``, element by element.

    Example:
        >>> less_equal(torch.tensor([1, 2]), 1)
        tensor([ True, False])
    """
    x1, x2 = as_operands(x1, x2)
    return x1 <= x2


@broadcasting_operation
def logical_and(x1: Any, x2: Any) -> torch.Tensor:
    """Whether both are not zero.

    Example:
        >>> logical_and(torch.tensor([True, False]), True)
        tensor([ True, False])
    """
    return torch.logical_and(as_bool(x1), as_bool(x2))


@broadcasting_operation
def logical_or(x1: Any, x2: Any) -> torch.Tensor:
    """Whether either is not zero.

    Example:
        >>> logical_or(torch.tensor([True, False]), False)
        tensor([ True, False])
    """
    return torch.logical_or(as_bool(x1), as_bool(x2))


@broadcasting_operation
def logical_xor(x1: Any, x2: Any) -> torch.Tensor:
    """Whether exactly one is not zero.

    Example:
        >>> logical_xor(torch.tensor([True, False]), True)
        tensor([False,  True])
    """
    return torch.logical_xor(as_bool(x1), as_bool(x2))


@operation
def logical_not(x: Any) -> torch.Tensor:
    """Whether ``x`` is zero.

    Example:
        >>> logical_not(torch.tensor([True, False]))
        tensor([False,  True])
    """
    return torch.logical_not(convert_to_tensor(x))


@operation
def isfinite(x: Any) -> torch.Tensor:
    """Whether ``x`` is neither infinite nor NaN.

    Example:
        >>> isfinite(torch.tensor([1.0, float("inf"), float("nan")]))
        tensor([ True, False, False])
    """
    return torch.isfinite(convert_to_tensor(x))


@operation
def isinf(x: Any) -> torch.Tensor:
    """Whether ``x`` is infinite, of either sign.

    Example:
        >>> isinf(torch.tensor([1.0, float("-inf"), float("nan")]))
        tensor([False,  True, False])
    """
    return torch.isinf(convert_to_tensor(x))


@operation
def isnan(x: Any) -> torch.Tensor:
    """Whether ``x`` is NaN.

    Example:
        >>> isnan(torch.tensor([1.0, float("inf"), float("nan")]))
        tensor([False, False,  True])
    """
    return torch.isnan(convert_to_tensor(x))


@operation
def isneginf(x: Any) -> torch.Tensor:
    """Whether ``x`` is minus infinity.

    Example:
        >>> isneginf(torch.tensor([1.0, float("-inf")]))
        tensor([False,  True])
    """
    return torch.isneginf(convert_to_tensor(x))


@operation
def isposinf(x: Any) -> torch.Tensor:
    """Whether ``x`` is plus infinity.

    Example:
        >>> isposinf(torch.tensor([1.0, float("inf")]))
        tensor([False,  True])
    """
    return torch.isposinf(convert_to_tensor(x))


@operation
def isreal(x: Any) -> torch.Tensor:
    """Whether the imaginary part is zero; true for every real number.

    Example:
        >>> isreal(torch.tensor([1 + 0j, 1j]))
        tensor([ True, False])
    """
    return torch.isreal(convert_to_tensor(x))


@broadcasting_operation
def isclose(x1: Any, x2: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> torch.Tensor:
    """Whether ``|x1 - x2| <= atol + rtol * |x2|``, element by element.

    Args:
        x1: First operand.
        x2: Second operand.
        rtol: Tolerance in proportion to ``x2``.
        atol: Tolerance that is added to it.
        equal_nan: Whether two NaN are close.

    Example:
        >>> isclose(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 2.1]))
        tensor([ True, False])
    """
    x1, x2 = as_pair(x1, x2)
    return torch.isclose(x1, x2, rtol=rtol, atol=atol, equal_nan=equal_nan)


def _allclose_spec(x1: Any, x2: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> KerasTensor:
    return KerasTensor((), "bool")


@operation(output_spec=_allclose_spec)
def allclose(x1: Any, x2: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> torch.Tensor:
    """Whether :func:`isclose` holds for all elements, as a tensor without axes.

    Example:
        >>> allclose(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 2.1]))
        tensor(False)
    """
    return torch.all(isclose(x1, x2, rtol, atol, equal_nan))


def _isin_spec(x1: Any, x2: Any, assume_unique: bool = False, invert: bool = False) -> KerasTensor:
    return KerasTensor(static_shape(x1), "bool")


@operation(output_spec=_isin_spec)
def isin(x1: Any, x2: Any, assume_unique: bool = False, invert: bool = False) -> torch.Tensor:
    """Whether each element of ``x1`` is among the elements of ``x2``.

    Args:
        x1: What to look for.
        x2: Where to look, of any shape.
        assume_unique: Whether both hold no value twice, which is faster.
        invert: Whether to ask for the elements that are not there.

    Example:
        >>> isin(torch.tensor([1, 2, 3]), torch.tensor([3, 1]))
        tensor([ True, False,  True])
    """
    x1, x2 = as_pair(x1, x2)
    if x1.dtype is torch.bool:  # torch searches in every dtype but this
        x1, x2 = x1.to(torch.uint8), x2.to(torch.uint8)
    return torch.isin(x1, x2.to(x1.device), assume_unique=assume_unique, invert=invert)
