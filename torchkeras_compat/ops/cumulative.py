"""Running sums and products, differences and integrals along an axis."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.dtypes.names import to_torch_dtype
from torchkeras_compat.ops.axes import Axis, normalize_axes, normalize_axis
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.ops.nan_reduction import without_nan
from torchkeras_compat.ops.operands import as_float
from torchkeras_compat.symbolic.operation import operation


@operation
def cumsum(x: Any, axis: int | None = None, dtype: Any = None) -> torch.Tensor:
    """Running sum along an axis: ``y[i] = x[0] + ... + x[i]``.

    Args:
        x: Tensor of any shape; booleans add up in int32.
        axis: Axis to run along; None for the flattened tensor.
        dtype: Dtype in which to add; None for that of ``x``.

    Raises:
        ValueError: the axis does not exist.

    Example:
        >>> cumsum(torch.tensor([1, 2, 3]))
        tensor([1, 3, 6])
    """
    return _run(torch.cumsum, convert_to_tensor(x), axis, dtype)


@operation
def cumprod(x: Any, axis: int | None = None, dtype: Any = None) -> torch.Tensor:
    """Running product along an axis: ``y[i] = x[0] * ... * x[i]``.

    Args:
        x: Tensor of any shape; booleans multiply in int32.
        axis: Axis to run along; None for the flattened tensor.
        dtype: Dtype in which to multiply; None for that of ``x``.

    Raises:
        ValueError: the axis does not exist.

    Example:
        >>> cumprod(torch.tensor([1, 2, 3]))
        tensor([1, 2, 6])
    """
    return _run(torch.cumprod, convert_to_tensor(x), axis, dtype)


@operation
def nancumsum(x: Any, axis: Axis = None, dtype: Any = None) -> torch.Tensor:
    """:func:`cumsum` with NaN as 0.

    Raises:
        ValueError: the axis does not exist, or several are given.

    Example:
        >>> nancumsum(torch.tensor([1.0, float("nan"), 3.0]))
        tensor([1., 1., 4.])
    """
    return _run(torch.cumsum, without_nan(x, 0), axis, dtype)


@operation
def nancumprod(x: Any, axis: Axis = None, dtype: Any = None) -> torch.Tensor:
    """:func:`cumprod` with NaN as 1.

    Raises:
        ValueError: the axis does not exist, or several are given.

    Example:
        >>> nancumprod(torch.tensor([2.0, float("nan"), 3.0]))
        tensor([2., 2., 6.])
    """
    return _run(torch.cumprod, without_nan(x, 1), axis, dtype)


def _run(function: Any, x: torch.Tensor, axis: Axis, dtype: Any) -> torch.Tensor:
    if axis is None:
        x, axis = x.reshape(-1), 0
    axes = normalize_axes(axis, x.ndim)
    if len(axes) != 1:
        raise ValueError(f"A running sum or product goes along one axis. Received: axis={axis}")
    wanted = x.dtype if dtype is None else to_torch_dtype(dtype)
    return function(x, dim=axes[0], dtype=torch.int32 if wanted is torch.bool else wanted)


@operation
def diff(a: Any, n: int = 1, axis: int = -1) -> torch.Tensor:
    """``n``-th difference along an axis: ``a[i + 1] - a[i]``, ``n`` times over.

    Args:
        a: Tensor of one or more axes.
        n: How many times, not negative; 0 gives ``a`` itself.
        axis: Axis along which to subtract.

    Raises:
        ValueError: ``n`` is negative, or the axis does not exist.

    Example:
        >>> diff(torch.tensor([1, 2, 4, 7])), diff(torch.tensor([1, 2, 4, 7]), n=2)
        (tensor([1, 2, 3]), tensor([1, 1]))
    """
    if n < 0:
        raise ValueError(f"`n`, the order of a difference, must not be negative. Received: n={n}")
    a = convert_to_tensor(a)
    axis = normalize_axis(axis, a.ndim)
    return torch.diff(a, n=n, dim=axis)


@operation
def trapezoid(y: Any, x: Any = None, dx: float = 1.0, axis: int = -1) -> torch.Tensor:
    """Integral along an axis by the trapezoidal rule.

    Args:
        y: Values of the function.
        x: Where it was sampled: one-dimensional, or of the shape of ``y``; None for steps of ``dx``.
        dx: Distance between samples, used when ``x`` is None.
        axis: Axis to integrate along.

    Raises:
        ValueError: the axis does not exist.

    Example:
        >>> trapezoid(torch.tensor([1.0, 2.0, 3.0]))
        tensor(4.)
    """
    y = as_float(y)
    axis = normalize_axis(axis, y.ndim)
    if x is None:
        return torch.trapezoid(y, dx=dx, dim=axis)
    return torch.trapezoid(y, as_float(x).to(y.device), dim=axis)
