"""Reductions that pass over NaN."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.ops.axes import Axis, normalize_axes
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.ops.operands import HALVES, as_float
from torchkeras_compat.ops.reduction import max as _max
from torchkeras_compat.ops.reduction import min as _min
from torchkeras_compat.ops.reduction import prod as _prod
from torchkeras_compat.ops.reduction import sum as _sum
from torchkeras_compat.symbolic.operation import operation


def without_nan(x: Any, value: float) -> torch.Tensor:
    """Return ``x`` as a tensor with ``value`` in the place of NaN; integers as they are."""
    x = convert_to_tensor(x)
    return torch.where(torch.isnan(x), value, x) if x.is_floating_point() or x.is_complex() else x


@operation
def nansum(x: Any, axis: Axis = None, keepdims: bool = False) -> torch.Tensor:
    """Sum over axes of the elements that are not NaN, 0 if there is none.

    Raises:
        ValueError: an axis does not exist.

    Example:
        >>> nansum(torch.tensor([1.0, float("nan"), 2.0]))
        tensor(3.)
    """
    return _sum(without_nan(x, 0), axis, keepdims)


@operation
def nanprod(x: Any, axis: Axis = None, keepdims: bool = False) -> torch.Tensor:
    """Product over axes of the elements that are not NaN, 1 if there is none.

    Raises:
        ValueError: an axis does not exist.

    Example:
        >>> nanprod(torch.tensor([3.0, float("nan"), 2.0]))
        tensor(6.)
    """
    return _prod(without_nan(x, 1), axis, keepdims)


@operation
def nanmax(x: Any, axis: Axis = None, keepdims: bool = False) -> torch.Tensor:
    """Largest element over axes that is not NaN, NaN if there is none.

    Raises:
        ValueError: an axis does not exist.

    Example:
        >>> nanmax(torch.tensor([1.0, float("nan"), 2.0]))
        tensor(2.)
    """
    return _nan_extreme(convert_to_tensor(x), axis, keepdims, _max, float("-inf"))


@operation
def nanmin(x: Any, axis: Axis = None, keepdims: bool = False) -> torch.Tensor:
    """Smallest element over axes that is not NaN, NaN if there is none.

    Raises:
        ValueError: an axis does not exist.

    Example:
        >>> nanmin(torch.tensor([1.0, float("nan"), 2.0]))
        tensor(1.)
    """
    return _nan_extreme(convert_to_tensor(x), axis, keepdims, _min, float("inf"))


def _nan_extreme(x: torch.Tensor, axis: Axis, keepdims: bool, reduce: Any, stand_in: float) -> torch.Tensor:
    if not x.is_floating_point():
        return reduce(x, axis, keepdims)
    axes = normalize_axes(axis, x.ndim)
    if not axes:
        return x
    result = reduce(without_nan(x, stand_in), axes, keepdims)
    return torch.where(torch.all(torch.isnan(x), dim=axes, keepdim=keepdims), float("nan"), result)


@operation
def nanmean(x: Any, axis: Axis = None, keepdims: bool = False) -> torch.Tensor:
    """Mean over axes of the elements that are not NaN, NaN if there is none.

    Raises:
        ValueError: an axis does not exist.

    Example:
        >>> nanmean(torch.tensor([1.0, float("nan"), 2.0]))
        tensor(1.5000)
    """
    x = as_float(x)
    axes = normalize_axes(axis, x.ndim)
    return torch.nanmean(x, dim=axes, keepdim=keepdims) if axes else x


@operation
def nanvar(x: Any, axis: Axis = None, keepdims: bool = False) -> torch.Tensor:
    """Population variance over axes of the elements that are not NaN, NaN if there is none.

    Raises:
        ValueError: an axis does not exist.

    Example:
        >>> nanvar(torch.tensor([1.0, float("nan"), 3.0]))
        tensor(1.)
    """
    x = as_float(x)
    return _nan_variance(x, axis, keepdims).to(x.dtype)


@operation
def nanstd(x: Any, axis: Axis = None, keepdims: bool = False) -> torch.Tensor:
    """Population standard deviation over axes of the elements that are not NaN, NaN if there is none.

    Raises:
        ValueError: an axis does not exist.

    Example:
        >>> nanstd(torch.tensor([1.0, float("nan"), 3.0]))
        tensor(1.)
    """
    x = as_float(x)
    return torch.sqrt(_nan_variance(x, axis, keepdims)).to(x.dtype)


def _nan_variance(x: torch.Tensor, axis: Axis, keepdims: bool) -> torch.Tensor:
    wide = x.to(torch.float32) if x.dtype in HALVES else x
    axes = normalize_axes(axis, x.ndim)
    if not axes:
        return torch.where(torch.isnan(wide), wide, torch.zeros_like(wide))
    is_number = ~torch.isnan(wide)
    squares = torch.square(wide - torch.nanmean(wide, dim=axes, keepdim=True))
    total = torch.where(is_number, squares, 0).sum(dim=axes, keepdim=keepdims)  # infinity gives NaN, which counts
    return total / is_number.sum(dim=axes, keepdim=keepdims)
