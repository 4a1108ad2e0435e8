"""Medians, quantiles and percentiles."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.ops.axes import Axis, normalize_axes
from torchkeras_compat.ops.broadcasting import static_shape
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.ops.operands import as_float
from torchkeras_compat.symbolic.operation import operation

METHODS = ("linear", "lower", "higher", "midpoint", "nearest")


def _reduced_axes_last(x: torch.Tensor, axis: Axis) -> tuple[torch.Tensor, list[int]]:
    """Return ``x`` with the axes to reduce merged into the last one, and the shape that keeps them with size 1."""
    axes = normalize_axes(axis, x.ndim)
    kept = [i for i in range(x.ndim) if i not in axes]
    flat = x.permute(*kept, *axes).reshape([x.shape[i] for i in kept] + [-1]) if axes else x.unsqueeze(-1)
    return flat, [1 if i in axes else size for i, size in enumerate(x.shape)]


@operation
def median(x: Any, axis: Axis = None, keepdims: bool = False) -> torch.Tensor:
    """Middle element over axes, the mean of the two middle ones of an even number; NaN if there is a NaN.

    Torch's own median is the lower of the two.

    Raises:
        ValueError: an axis does not exist.

    Example:
        >>> median(torch.tensor([3.0, 1.0, 2.0, 4.0]))
        tensor(2.5000)
    """
    x = as_float(x)
    flat, kept_shape = _reduced_axes_last(x, axis)
    ordered = torch.sort(flat, dim=-1).values  # NaN sorts last
    count = flat.shape[-1]
    result = (ordered[..., (count - 1) // 2] + ordered[..., count // 2]) / 2
    result = torch.where(torch.isnan(ordered[..., -1]), ordered[..., -1], result)
    return result.reshape(kept_shape) if keepdims else result


@operation
def nanmedian(x: Any, axis: Axis = None, keepdims: bool = False) -> torch.Tensor:
    """:func:`median` of the elements that are not NaN, NaN if there is none.

    Raises:
        ValueError: an axis does not exist.

    Example:
        >>> nanmedian(torch.tensor([3.0, float("nan"), 2.0]))
        tensor(2.5000)
    """
    x = as_float(x)
    flat, kept_shape = _reduced_axes_last(x, axis)
    ordered = torch.sort(flat, dim=-1).values
    count = torch.sum(~torch.isnan(flat), dim=-1, keepdim=True)
    middle = torch.cat([torch.clamp((count - 1) // 2, min=0), torch.clamp(count // 2, max=flat.shape[-1] - 1)], dim=-1)
    result = torch.sum(torch.gather(ordered, -1, middle), dim=-1) / 2
    return result.reshape(kept_shape) if keepdims else result


@operation
def quantile(x: Any, q: Any, axis: Axis = None, method: str = "linear", keepdims: bool = False) -> torch.Tensor:
    """Value below which a fraction ``q`` of the elements over axes lies.

    Args:
        x: Tensor of any shape; float16 and bfloat16 are computed in float32.
        q: Fraction in [0, 1], a number or a tensor.
        axis: Axis or axes to reduce; None for all of them.
        method: Between two elements: ``"linear"``, ``"lower"``, ``"higher"``, ``"midpoint"`` or ``"nearest"``.
        keepdims: Whether the axes stay, with size 1.

    Returns:
        The axes of ``q`` first, then those of ``x`` that stay.

    Raises:
        ValueError: an unknown method, or an axis that does not exist.

    Example:
        >>> quantile(torch.tensor([0.0, 1.0, 2.0]), torch.tensor([0.5, 0.75]))
        tensor([1.0000, 1.5000])
    """
    return _quantile(torch.quantile, x, q, 1.0, axis, method, keepdims)


@operation
def percentile(x: Any, q: Any, axis: Axis = None, method: str = "linear", keepdims: bool = False) -> torch.Tensor:
    """:func:`quantile` with ``q`` in percent, from 0 to 100.

    Raises:
        ValueError: an unknown method, or an axis that does not exist.

    Example:
        >>> percentile(torch.tensor([0.0, 1.0, 2.0]), 75)
        tensor(1.5000)
    """
    return _quantile(torch.quantile, x, q, 100.0, axis, method, keepdims)


@operation
def nanquantile(x: Any, q: Any, axis: Axis = None, method: str = "linear", keepdims: bool = False) -> torch.Tensor:
    """:func:`quantile` of the elements that are not NaN, NaN if there is none.

    Raises:
        ValueError: an unknown method, or an axis that does not exist.

    Example:
        >>> nanquantile(torch.tensor([0.0, float("nan"), 2.0]), 0.5)
        tensor(1.)
    """
    return _quantile(torch.nanquantile, x, q, 1.0, axis, method, keepdims)


@operation
def nanpercentile(x: Any, q: Any, axis: Axis = None, method: str = "linear", keepdims: bool = False) -> torch.Tensor:
    """:func:`percentile` of the elements that are not NaN, NaN if there is none.

    Raises:
        ValueError: an unknown method, or an axis that does not exist.

    Example:
        >>> nanpercentile(torch.tensor([0.0, float("nan"), 2.0]), 50)
        tensor(1.)
    """
    return _quantile(torch.nanquantile, x, q, 100.0, axis, method, keepdims)


def _quantile(function: Any, x: Any, q: Any, whole: float, axis: Axis, method: str, keepdims: bool) -> torch.Tensor:
    if method not in METHODS:
        raise ValueError(f"Invalid method: {method!r}. Use one of {', '.join(METHODS)}.")
    x = as_float(x)
    wide = x if x.dtype is torch.float64 else x.to(torch.float32)
    fractions = convert_to_tensor(q).to(device=x.device, dtype=wide.dtype) / whole
    flat, kept_shape = _reduced_axes_last(wide, axis)
    result = function(flat, fractions.reshape(-1), dim=-1, interpolation=method)
    rest = kept_shape if keepdims else list(flat.shape[:-1])
    return result.reshape(list(static_shape(fractions)) + rest).to(x.dtype)
