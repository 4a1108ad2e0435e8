"""Reductions over axes: sums, products, extremes, moments, and whether all or any."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.dtypes.names import to_torch_dtype
from torchkeras_compat.dtypes.promotion import common_dtype
from torchkeras_compat.ops.axes import Axis, normalize_axes
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.ops.operands import ACCUMULATORS, HALVES, as_bool, as_float, float_dtype
from torchkeras_compat.symbolic.operation import operation


@operation
def sum(x: Any, axis: Axis = None, keepdims: bool = False) -> torch.Tensor:
    """Sum over axes; booleans and integers narrower than 32 bits add up in int32.

    Args:
        x: Tensor of any shape.
        axis: Axis or axes to sum over; None for all of them.
        keepdims: Whether the axes stay, with size 1.

    Raises:
        ValueError: an axis does not exist.

    Example:
        >>> sum(torch.tensor([[1, 2], [3, 4]]), axis=0)
        tensor([4, 6])
    """
    x = convert_to_tensor(x)
    dtype = ACCUMULATORS.get(x.dtype, x.dtype)
    axes = normalize_axes(axis, x.ndim)
    # An empty list of axes means all axes to torch, none to NumPy.
    return torch.sum(x, dim=axes, keepdim=keepdims, dtype=dtype) if axes else x.to(dtype)


@operation
def mean(x: Any, axis: Axis = None, keepdims: bool = False) -> torch.Tensor:
    """Arithmetic mean over axes, in floating point also for integers.

    Args:
        x: Tensor of any shape.
        axis: Axis or axes to average over; None for all of them.
        keepdims: Whether the axes stay, with size 1.

    Raises:
        ValueError: an axis does not exist.

    Example:
        >>> mean(torch.tensor([[1, 2], [3, 4]]), axis=0)
        tensor([2., 3.])
    """
    x = as_float(x)
    axes = normalize_axes(axis, x.ndim)
    return torch.mean(x, dim=axes, keepdim=keepdims) if axes else x


@operation
def prod(x: Any, axis: Axis = None, keepdims: bool = False, dtype: Any = None) -> torch.Tensor:
    """Product over axes; booleans and integers narrower than 32 bits multiply in int32.

    Args:
        x: Tensor of any shape.
        axis: Axis or axes to multiply over; None for all of them.
        keepdims: Whether the axes stay, with size 1.
        dtype: Dtype of the product, instead of the one above.

    Raises:
        ValueError: an axis does not exist.

    Example:
        >>> prod(torch.tensor([[1, 2], [3, 4]]), axis=1)
        tensor([ 2, 12])
    """
    x = convert_to_tensor(x)
    x = x.to(ACCUMULATORS.get(x.dtype, x.dtype) if dtype is None else to_torch_dtype(dtype))
    if axis is None and not keepdims:
        return torch.prod(x, dtype=x.dtype)
    for a in sorted(normalize_axes(axis, x.ndim), reverse=True):  # torch multiplies over one axis at a time
        x = torch.prod(x, dim=a, keepdim=keepdims, dtype=x.dtype)
    return x


@operation
def max(x: Any, axis: Axis = None, keepdims: bool = False, initial: Any = None) -> torch.Tensor:
    """Largest element over axes; NaN if there is one.

    Args:
        x: Tensor of any shape.
        axis: Axis or axes to look over; None for all of them.
        keepdims: Whether the axes stay, with size 1.
        initial: Least value of the result, which also makes an empty ``x`` legal.

    Raises:
        ValueError: an axis does not exist.

    Example:
        >>> max(torch.tensor([[1, 5], [3, 4]]), axis=1), max(torch.tensor([1, 2]), initial=9)
        (tensor([5, 4]), tensor(9))
    """
    return _extreme(convert_to_tensor(x), axis, keepdims, initial, torch.amax, torch.maximum)


@operation
def min(x: Any, axis: Axis = None, keepdims: bool = False, initial: Any = None) -> torch.Tensor:
    """Smallest element over axes; NaN if there is one.

    Args:
        x: Tensor of any shape.
        axis: Axis or axes to look over; None for all of them.
        keepdims: Whether the axes stay, with size 1.
        initial: Greatest value of the result, which also makes an empty ``x`` legal.

    Raises:
        ValueError: an axis does not exist.

    Example:
        >>> min(torch.tensor([[1, 5], [3, 4]]), axis=1), min(torch.tensor([1, 2]), initial=0)
        (tensor([1, 3]), tensor(0))
    """
    return _extreme(convert_to_tensor(x), axis, keepdims, initial, torch.amin, torch.minimum)


def _extreme(x: torch.Tensor, axis: Axis, keepdims: bool, initial: Any, reduce: Any, combine: Any) -> torch.Tensor:
    axes = normalize_axes(axis, x.ndim)
    if x.dtype in (torch.uint16, torch.uint32):  # torch has no comparison of these
        return _extreme(x.to(torch.int64), axis, keepdims, initial, reduce, combine).to(x.dtype)
    if initial is None:
        return reduce(x, dim=axes, keepdim=keepdims) if axes else x
    limit = convert_to_tensor(initial, x.dtype).to(x.device)
    for a in axes:
        if x.shape[a] == 0:
            x = limit.expand([1 if i == a else size for i, size in enumerate(x.shape)])
    return combine(reduce(x, dim=axes, keepdim=keepdims) if axes else x, limit)


@operation
def amax(x: Any, axis: Axis = None, keepdims: bool = False) -> torch.Tensor:
    """Largest element over axes: :func:`max` under NumPy's other name.

    Example:
        >>> amax(torch.tensor([[1, 5], [3, 4]]), axis=0)
        tensor([3, 5])
    """
    return _extreme(convert_to_tensor(x), axis, keepdims, None, torch.amax, None)


@operation
def amin(x: Any, axis: Axis = None, keepdims: bool = False) -> torch.Tensor:
    """Smallest element over axes: :func:`min` under NumPy's other name.

    Example:
        >>> amin(torch.tensor([[1, 5], [3, 4]]), axis=0)
        tensor([1, 4])
    """
    return _extreme(convert_to_tensor(x), axis, keepdims, None, torch.amin, None)


@operation
def ptp(x: Any, axis: Axis = None, keepdims: bool = False) -> torch.Tensor:
    """Range over axes, the largest element minus the smallest.

    Example:
        >>> ptp(torch.tensor([[1, 5], [3, 4]]), axis=1)
        tensor([4, 1])
    """
    x = convert_to_tensor(x)
    return _extreme(x, axis, keepdims, None, torch.amax, None) - _extreme(x, axis, keepdims, None, torch.amin, None)


@operation
def var(x: Any, axis: Axis = None, keepdims: bool = False) -> torch.Tensor:
    """Population variance over axes: the mean of ``|x - mean(x)|**2``.

    Torch's default divides by the number of elements less one; this divides by the number.

    Args:
        x: Tensor of any shape; float16 and bfloat16 are computed in float32.
        axis: Axis or axes to reduce; None for all of them.
        keepdims: Whether the axes stay, with size 1.

    Raises:
        ValueError: an axis does not exist.

    Example:
        >>> var(torch.tensor([1.0, 2.0, 3.0, 4.0]))
        tensor(1.2500)
    """
    return _moment(torch.var, x, axis, keepdims)


@operation
def std(x: Any, axis: Axis = None, keepdims: bool = False) -> torch.Tensor:
    """Population standard deviation over axes, the root of :func:`var`.

    Raises:
        ValueError: an axis does not exist.

    Example:
        >>> std(torch.tensor([1.0, 3.0]))
        tensor(1.)
    """
    return _moment(torch.std, x, axis, keepdims)


def _moment(function: Any, x: Any, axis: Axis, keepdims: bool) -> torch.Tensor:
    x = as_float(x)
    axes = normalize_axes(axis, x.ndim)
    if not axes:
        return torch.zeros_like(x.real if x.is_complex() else x)
    wide = x.to(torch.float32) if x.dtype in HALVES else x
    result = function(wide, dim=axes, keepdim=keepdims, correction=0)
    return result.to(x.dtype) if x.dtype in HALVES else result


@operation
def all(x: Any, axis: Axis = None, keepdims: bool = False) -> torch.Tensor:
    """Whether no element over the axes is zero.

    Raises:
        ValueError: an axis does not exist.

    Example:
        >>> all(torch.tensor([[True, False], [True, True]]), axis=1)
        tensor([False,  True])
    """
    x = as_bool(x)
    axes = normalize_axes(axis, x.ndim)
    return torch.all(x, dim=axes, keepdim=keepdims) if axes else x


@operation
def any(x: Any, axis: Axis = None, keepdims: bool = False) -> torch.Tensor:
    """Whether an element over the axes is not zero.

    Raises:
        ValueError: an axis does not exist.

    Example:
        >>> any(torch.tensor([[True, False], [False, False]]), axis=1)
        tensor([ True, False])
    """
    x = as_bool(x)
    axes = normalize_axes(axis, x.ndim)
    return torch.any(x, dim=axes, keepdim=keepdims) if axes else x


@operation
def count_nonzero(x: Any, axis: Axis = None) -> torch.Tensor:
    """Number of elements over the axes that are not zero, as int32.

    Raises:
        ValueError: an axis does not exist.

    Example:
        >>> count_nonzero(torch.tensor([[0, 2], [3, 4]]), axis=0)
        tensor([1, 2], dtype=torch.int32)
    """
    x = as_bool(x)
    axes = normalize_axes(axis, x.ndim)
    return torch.sum(x, dim=axes, dtype=torch.int32) if axes else x.to(torch.int32)


@operation
def average(x: Any, axis: Axis = None, weights: Any = None) -> torch.Tensor:
    """Weighted mean over axes, ``sum(weights * x) / sum(weights)``.

    Args:
        x: Tensor of any shape.
        axis: Axis or axes to average over; None for all of them.
        weights: Of the shape of ``x``, or one-dimensional along the one axis given; None for the plain mean.

    Raises:
        ValueError: the weights fit neither way, or an axis does not exist.

    Example:
        >>> average(torch.tensor([1.0, 2.0]), weights=torch.tensor([3.0, 1.0]))
        tensor(1.2500)
    """
    x = convert_to_tensor(x)
    axes = normalize_axes(axis, x.ndim)
    if weights is None:
        x = as_float(x)
        return torch.mean(x, dim=axes) if axes else x
    weights = convert_to_tensor(weights)
    dtype = float_dtype(common_dtype(x.dtype, weights.dtype))
    x, weights = x.to(dtype), weights.to(dtype)
    if weights.shape != x.shape:
        if axis is None or len(axes) != 1 or weights.ndim != 1 or weights.shape[0] != x.shape[axes[0]]:
            raise ValueError(
                "The weights of `average` must have the shape of `x`, or be one-dimensional along its one `axis`. "
                f"Received: x.shape={tuple(x.shape)}, weights.shape={tuple(weights.shape)}, axis={axis}"
            )
        weights = weights.reshape([-1 if i == axes[0] else 1 for i in range(x.ndim)]).expand(x.shape)
    return torch.sum(x * weights, dim=axes) / torch.sum(weights, dim=axes) if axes else x
