"""Functions of each element, where the old backend differs from `ops`."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.dtypes.names import to_torch_dtype
from torchkeras_compat.legacy.backend.operands import floats, pair, tensor
from torchkeras_compat.symbolic.operation import operation


@operation
def sqrt(x: Any) -> torch.Tensor:
    """Return the square root; that of a negative number is 0.

    Example:
        >>> sqrt(torch.tensor([4.0, -1.0]))
        tensor([2., 0.])

    Source: Keras 2.3 API, backend.sqrt.
    """
    return torch.sqrt(torch.clamp(floats(x), min=0))


@operation
def pow(x: Any, a: Any) -> torch.Tensor:
    """Return ``x`` to the power ``a``.

    Example:
        >>> pow(torch.tensor([3.0]), 2)
        tensor([9.])
    """
    base, exponent = pair(x, a)
    return torch.pow(base, exponent)


@operation
def clip(x: Any, min_value: Any, max_value: Any) -> torch.Tensor:
    """Return ``x`` with what lies outside of ``[min_value, max_value]`` moved to the border.

    Args:
        x: Tensor.
        min_value: Least value, a number or a tensor; None for no bound.
        max_value: Greatest value; None for no bound. One below ``min_value`` counts as ``min_value``.

    Example:
        >>> clip(torch.tensor([0.0, 5.0]), 1, None)
        tensor([1., 5.])

    Source: Keras 2.3 API, backend.clip.
    """
    result = tensor(x)
    if isinstance(min_value, (int, float)) and isinstance(max_value, (int, float)) and max_value < min_value:
        max_value = min_value
    if min_value is not None:
        result = torch.maximum(*pair(result, min_value))
    if max_value is not None:
        result = torch.minimum(*pair(result, max_value))
    return result


@operation
def maximum(x: Any, y: Any) -> torch.Tensor:
    """Return the larger of each two elements.

    Example:
        >>> maximum(torch.tensor([1.0, 3.0]), 2)
        tensor([2., 3.])
    """
    return torch.maximum(*pair(x, y))


@operation
def minimum(x: Any, y: Any) -> torch.Tensor:
    """Return the smaller of each two elements.

    Example:
        >>> minimum(torch.tensor([1.0, 3.0]), 2)
        tensor([1., 2.])
    """
    return torch.minimum(*pair(x, y))


@operation
def cumsum(x: Any, axis: int = 0) -> torch.Tensor:
    """Return the cumulative sum along an axis, by default the first.

    Example:
        >>> cumsum(torch.ones(2, 2)).tolist()
        [[1.0, 1.0], [2.0, 2.0]]
    """
    values = tensor(x)
    return torch.cumsum(values, axis, dtype=values.dtype)


@operation
def cumprod(x: Any, axis: int = 0) -> torch.Tensor:
    """Return the cumulative product along an axis, by default the first.

    Example:
        >>> cumprod(torch.tensor([1.0, 2.0, 3.0]))
        tensor([1., 2., 6.])
    """
    values = tensor(x)
    return torch.cumprod(values, axis, dtype=values.dtype)


@operation
def cast(x: Any, dtype: Any) -> torch.Tensor:
    """Return ``x`` in another dtype.

    Raises:
        ValueError: the dtype is unknown.

    Example:
        >>> cast(torch.tensor([1.7]), "int32")
        tensor([1], dtype=torch.int32)
    """
    return tensor(x).to(to_torch_dtype(dtype))


@operation
def stop_gradient(variables: Any) -> Any:
    """Return the values as constants, which gradients do not pass; a list for a list.

    Example:
        >>> stop_gradient(torch.ones(1, requires_grad=True)).requires_grad
        False
    """
    if isinstance(variables, (list, tuple)):
        return [tensor(v).detach() for v in variables]
    return tensor(variables).detach()


@operation
def identity(x: Any, name: str | None = None) -> torch.Tensor:
    """Return a tensor with the values of ``x``.

    Args:
        x: Tensor, Variable or array.
        name: Kept for Keras's signature.

    Example:
        >>> identity(torch.ones(1))
        tensor([1.])
    """
    values = tensor(x)
    return values.view_as(values)


@operation
def l2_normalize(x: Any, axis: Any = None) -> torch.Tensor:
    """Return ``x / sqrt(max(sum(x ** 2), 1e-12))``, the sum over an axis; None for all.

    Example:
        >>> l2_normalize(torch.tensor([3.0, 4.0]), 0)
        tensor([0.6000, 0.8000])

    Source: Keras 2.3 API, backend.l2_normalize.
    """
    values = floats(x)
    axes = tuple(range(values.dim())) if axis is None else axis
    squares = torch.sum(values * values, dim=axes, keepdim=True)
    return values * torch.rsqrt(torch.clamp(squares, min=1e-12))
