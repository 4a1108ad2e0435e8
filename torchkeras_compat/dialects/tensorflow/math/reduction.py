"""Reductions over axes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from torchkeras_compat.dialects.tensorflow.calls import tensor_function
from torchkeras_compat.dialects.tensorflow.operands import axes_of, booleans, check_floats, floats, numbers, tensor
from torchkeras_compat.dtypes.names import standardize_dtype, to_torch_dtype

_OLD = {"keep_dims": "keepdims", "reduction_indices": "axis"}
_COUNT_OLD = {**_OLD, "input_tensor": "input"}


@tensor_function(old=_OLD, ragged="reduce")
def reduce_sum(input_tensor: Any, axis: Any = None, keepdims: Any = False, name: str | None = None) -> torch.Tensor:
    """Return the sum over axes, in the dtype of the input.

    Args:
        input_tensor: Numbers.
        axis: Axis or axes; None for all of them.
        keepdims: Whether the axes stay, with size 1.
        name: Not used.

    Raises:
        InvalidArgumentError: the input is boolean, or an axis does not exist.

    Example:
        >>> int(reduce_sum([[1, 2], [3, 4]], axis=0)[1])
        6
    """
    x = numbers(input_tensor, "reduce_sum")
    axes = axes_of(axis, x.ndim)
    return torch.sum(x, dim=axes, keepdim=bool(keepdims), dtype=x.dtype) if axes else x


@tensor_function(old=_OLD, ragged="reduce")
def reduce_mean(input_tensor: Any, axis: Any = None, keepdims: Any = False, name: str | None = None) -> torch.Tensor:
    """Return the mean over axes, in the dtype of the input: of integers an integer, rounded towards zero.

    Raises:
        InvalidArgumentError: the input is boolean, or an axis does not exist.
    """
    return _mean(numbers(input_tensor, "reduce_mean"), axis, keepdims)


def _mean(x: torch.Tensor, axis: Any, keepdims: Any) -> torch.Tensor:
    axes = axes_of(axis, x.ndim)
    if not axes:
        return x
    if x.is_floating_point() or x.is_complex():
        return torch.mean(x, dim=axes, keepdim=bool(keepdims))
    count = 1
    for a in axes:
        count *= x.shape[a]
    total = torch.sum(x, dim=axes, keepdim=bool(keepdims), dtype=x.dtype)
    return torch.div(total, count, rounding_mode="trunc").to(x.dtype)


@tensor_function(old=_OLD, ragged="reduce")
def reduce_prod(input_tensor: Any, axis: Any = None, keepdims: Any = False, name: str | None = None) -> torch.Tensor:
    """Return the product over axes, in the dtype of the input."""
    x = numbers(input_tensor, "reduce_prod")
    for a in sorted(axes_of(axis, x.ndim), reverse=True):  # torch multiplies over one axis at a time
        x = torch.prod(x, dim=a, keepdim=bool(keepdims), dtype=x.dtype)
    return x


@tensor_function(old=_OLD, ragged="reduce")
def reduce_max(input_tensor: Any, axis: Any = None, keepdims: Any = False, name: str | None = None) -> torch.Tensor:
    """Return the largest number over axes; of none the least that there is."""
    return _extreme(numbers(input_tensor, "reduce_max"), axis, keepdims, torch.amax, is_least=True)


@tensor_function(old=_OLD, ragged="reduce")
def reduce_min(input_tensor: Any, axis: Any = None, keepdims: Any = False, name: str | None = None) -> torch.Tensor:
    """Return the smallest number over axes; of none the greatest that there is."""
    return _extreme(numbers(input_tensor, "reduce_min"), axis, keepdims, torch.amin, is_least=False)


def _extreme(x: torch.Tensor, axis: Any, keepdims: Any, reduce: Callable[..., Any], is_least: bool) -> torch.Tensor:
    axes = axes_of(axis, x.ndim)
    if not axes:
        return x
    if any(x.shape[a] == 0 for a in axes):
        shape = [1 if a in axes else size for a, size in enumerate(x.shape)]
        limits: Any = torch.finfo(x.dtype) if x.is_floating_point() else torch.iinfo(x.dtype)
        edge = (
            float("-inf" if is_least else "inf")
            if x.is_floating_point()
            else getattr(limits, "min" if is_least else "max")
        )
        found = x.new_full(shape, edge)
        return found if keepdims else found.squeeze(axes)
    reduced: torch.Tensor = reduce(x, dim=axes, keepdim=bool(keepdims))
    return reduced


@tensor_function(old=_OLD, ragged="reduce")
def reduce_all(input_tensor: Any, axis: Any = None, keepdims: Any = False, name: str | None = None) -> torch.Tensor:
    """Return whether all over the axes are true.

    Raises:
        InvalidArgumentError: the input is not boolean.
    """
    x = booleans(input_tensor, "reduce_all")
    axes = axes_of(axis, x.ndim)
    return torch.all(x, dim=axes, keepdim=bool(keepdims)) if axes else x


@tensor_function(old=_OLD, ragged="reduce")
def reduce_any(input_tensor: Any, axis: Any = None, keepdims: Any = False, name: str | None = None) -> torch.Tensor:
    """Return whether one over the axes is true.

    Raises:
        InvalidArgumentError: the input is not boolean.
    """
    x = booleans(input_tensor, "reduce_any")
    axes = axes_of(axis, x.ndim)
    return torch.any(x, dim=axes, keepdim=bool(keepdims)) if axes else x


@tensor_function(old=_OLD)
def reduce_logsumexp(
    input_tensor: Any, axis: Any = None, keepdims: Any = False, name: str | None = None
) -> torch.Tensor:
    """Return ``log(sum(e**x))`` over axes, without overflow."""
    x = floats(input_tensor, "reduce_logsumexp", complex=False)
    axes = axes_of(axis, x.ndim)
    return torch.logsumexp(x, dim=axes, keepdim=bool(keepdims)) if axes else x


@tensor_function(old=_OLD)
def reduce_euclidean_norm(
    input_tensor: Any, axis: Any = None, keepdims: Any = False, name: str | None = None
) -> torch.Tensor:
    """Return the root of the sum of squares over axes; of integers an integer."""
    x = numbers(input_tensor, "math.reduce_euclidean_norm")
    axes = axes_of(axis, x.ndim)
    wide = x if x.is_floating_point() or x.is_complex() else x.to(torch.float64)
    squares = (wide * wide.conj()).real if wide.is_complex() else wide * wide
    total = torch.sum(squares, dim=axes, keepdim=bool(keepdims)) if axes else squares
    return torch.sqrt(total).to(x.dtype)


@tensor_function(old=_OLD)
def reduce_variance(
    input_tensor: Any, axis: Any = None, keepdims: Any = False, name: str | None = None
) -> torch.Tensor:
    """Return the population variance over axes: the mean of ``|x - mean|**2``.

    Raises:
        TypeError: the input holds integers.
    """
    return _variance(input_tensor, axis, keepdims)


@tensor_function(old=_OLD)
def reduce_std(input_tensor: Any, axis: Any = None, keepdims: Any = False, name: str | None = None) -> torch.Tensor:
    """Return the population standard deviation over axes.

    Raises:
        TypeError: the input holds integers.
    """
    return torch.sqrt(_variance(input_tensor, axis, keepdims))


def _variance(input_tensor: Any, axis: Any, keepdims: Any) -> torch.Tensor:
    x = tensor(input_tensor)
    if not (x.is_floating_point() or x.is_complex()):
        raise TypeError(f"Input must be either real or complex. Received integer type {standardize_dtype(x.dtype)}.")
    axes = axes_of(axis, x.ndim)
    mean = torch.mean(x, dim=axes, keepdim=True) if axes else x
    deviation = x - mean
    squares = (deviation * deviation.conj()).real if x.is_complex() else deviation * deviation
    return torch.mean(squares, dim=axes, keepdim=bool(keepdims)) if axes else squares


@tensor_function(old=_COUNT_OLD, compares=("input",))
def count_nonzero(
    input: Any, axis: Any = None, keepdims: Any = None, dtype: Any = "int64", name: str | None = None
) -> torch.Tensor:
    """Return how many elements over the axes are not zero, as int64 or ``dtype``."""
    x = tensor(input) != 0
    axes = axes_of(axis, x.ndim)
    return (
        torch.sum(x, dim=axes, keepdim=bool(keepdims), dtype=to_torch_dtype(dtype))
        if axes
        else x.to(to_torch_dtype(dtype))
    )


@tensor_function
def zero_fraction(value: Any, name: str | None = None) -> torch.Tensor:
    """Return the fraction of elements that are zero, as float32; NaN of none."""
    return (tensor(value) == 0).to(torch.float32).mean()


@tensor_function(old={"dim": "axis"})
def l2_normalize(
    x: Any, axis: Any = None, epsilon: Any = 1e-12, name: str | None = None, dim: Any = None
) -> torch.Tensor:
    """Return ``x / sqrt(max(sum(x**2), epsilon))``, the sum over ``axis``.

    Raises:
        InvalidArgumentError: ``x`` holds integers.
    """
    values = check_floats(tensor(x), "math.l2_normalize")
    axes = axes_of(axis, values.ndim)
    squares = (values * values.conj()).real if values.is_complex() else values * values
    total = squares.sum(dim=axes, keepdim=True) if axes else squares
    return values * torch.rsqrt(total.clamp_min(float(epsilon)))
