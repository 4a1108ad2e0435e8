"""Counts and correlations: bincount, histogram, corrcoef, correlate."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from torchkeras_compat.dtypes.names import standardize_dtype, to_torch_dtype
from torchkeras_compat.dtypes.promotion import common_dtype
from torchkeras_compat.ops.broadcasting import static_shape
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.ops.operands import as_float, as_pair, float_dtype
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.operation import operation


def _bincount_spec(x: Any, weights: Any = None, minlength: int = 0, sparse: bool = False) -> KerasTensor:
    dtype = (
        "int32" if weights is None else weights.dtype if hasattr(weights, "dtype") else convert_to_tensor(weights).dtype
    )
    return KerasTensor((*static_shape(x)[:-1], None), dtype)


@operation(output_spec=_bincount_spec)
def bincount(x: Any, weights: Any = None, minlength: int = 0, sparse: bool = False) -> torch.Tensor:
    """How often each of the numbers 0, 1, 2, ... occurs.

    Args:
        x: Non-negative integers, ``(n,)``, or ``(batch, n)`` to count in each row.
        weights: What each element counts, of the shape of ``x``; None for 1.
        minlength: Least length of the result.
        sparse: Only False.

    Returns:
        Counts as int32, or sums in the dtype of `x` and the weights together.

    Raises:
        ValueError: ``sparse`` is set, or ``x`` has more than two axes.

    Example:
        >>> bincount(torch.tensor([0, 2, 2]))
        tensor([1, 0, 2], dtype=torch.int32)
    """
    if sparse:
        raise ValueError("`bincount` returns dense tensors only. Received: sparse=True. Leave it False.")
    x = convert_to_tensor(x)
    weights = None if weights is None else convert_to_tensor(weights)
    dtype = torch.int32 if weights is None else common_dtype(x.dtype, weights.dtype)
    x = x.to(torch.int64)
    if x.ndim == 1:
        return torch.bincount(x, weights=weights, minlength=minlength).to(dtype)
    if x.ndim != 2:
        raise ValueError(f"`bincount` takes one or two axes. Received: x.shape={tuple(x.shape)}")
    rows = x.shape[0]
    length = max(int(x.max()) + 1 if x.numel() else 0, minlength)
    shifted = (x + length * torch.arange(rows, device=x.device).unsqueeze(1)).reshape(-1)
    flat_weights = None if weights is None else weights.reshape(-1)
    return torch.bincount(shifted, weights=flat_weights, minlength=rows * length).reshape(rows, length).to(dtype)


def _histogram_spec(x: Any, bins: int = 10, range: Any = None) -> tuple[KerasTensor, KerasTensor]:
    _check_histogram(static_shape(x), bins, range)
    dtype = x.dtype if str(x.dtype).startswith(("float", "bfloat")) else None
    return KerasTensor((bins,), dtype), KerasTensor((bins + 1,), dtype)


def _check_histogram(shape: Any, bins: Any, range: Any) -> None:
    if not isinstance(bins, (int, np.integer)) or bins < 0:
        raise ValueError(f"Argument `bins` should be a non-negative integer. Received: bins={bins}")
    if range is not None:
        if not isinstance(range, (tuple, list)) or len(range) != 2:
            raise ValueError(f"Argument `range` must be a tuple of two elements. Received: range={range}")
        if range[1] < range[0]:
            raise ValueError(f"The second element of `range` must be greater than the first. Received: range={range}")
    if len(shape) != 1:
        raise ValueError(
            f"Input tensor must be 1-dimensional. Received: input.shape={tuple(shape)}. Use `ravel` first."
        )


@operation(output_spec=_histogram_spec)
def histogram(x: Any, bins: int = 10, range: Any = None) -> tuple[torch.Tensor, torch.Tensor]:
    """How many elements lie in each of several bins of equal width.

    Args:
        x: One axis of values.
        bins: Number of bins.
        range: Lower end of the first and upper end of the last bin; None for the extremes of ``x``.

    Returns:
        Counts ``(bins,)`` and bounds ``(bins + 1,)``, in the float dtype of ``x``. An element on a bound belongs to
        the bin above it, one on the last bound to the last bin.

    Raises:
        ValueError: ``bins`` is not a non-negative int, ``range`` is not a pair in order, or ``x`` has not one axis.

    Example:
        >>> histogram(torch.tensor([0.0, 0.2, 1.0]), bins=2)
        (tensor([2., 1.]), tensor([0.0000, 0.5000, 1.0000]))
    """
    x = as_float(x)
    _check_histogram(x.shape, bins, range)
    if range is None:
        low, high = (x.min(), x.max()) if x.numel() else (x.new_zeros(()), x.new_ones(()))
    else:
        low, high = (torch.full((), float(end), dtype=x.dtype, device=x.device) for end in range)
    flat = (low == high).to(x.dtype) / 2  # a range without width grows by a half at both ends
    low, high = low - flat, high + flat
    edges = torch.cat([low + (high - low) * torch.arange(bins, device=x.device) / max(bins, 1), high.reshape(1)]).to(
        x.dtype
    )
    inside = (x >= low) & (x <= high)
    position = torch.clamp(torch.searchsorted(edges, x.contiguous(), right=True) - 1, 0, max(bins - 1, 0))
    counts = torch.zeros(bins, dtype=x.dtype, device=x.device)
    return (counts.scatter_add(0, position, inside.to(x.dtype)) if bins else counts), edges


def _corrcoef_spec(x: Any) -> KerasTensor:
    shape = static_shape(x)
    return KerasTensor(shape[:-1] * 2, standardize_dtype(float_dtype(to_torch_dtype(x.dtype))))


@operation(output_spec=_corrcoef_spec)
def corrcoef(x: Any) -> torch.Tensor:
    """Pearson's correlation coefficients between the rows of ``x``.

    Args:
        x: ``(variables, observations)``, or ``(observations,)`` for one variable.

    Returns:
        ``(variables, variables)``, or a scalar.

    Example:
        >>> corrcoef(torch.tensor([[1.0, 2.0], [2.0, 1.0]]))
        tensor([[ 1., -1.],
                [-1.,  1.]])
    """
    return torch.corrcoef(as_float(x))


@operation
def correlate(x1: Any, x2: Any, mode: str = "valid") -> torch.Tensor:
    """Cross-correlation ``c[k] = sum_n x1[n + k] * conj(x2[n])`` of two sequences.

    Args:
        x1: First sequence, one axis.
        x2: Second sequence, one axis.
        mode: ``"valid"`` where they overlap wholly, ``"same"`` for the length of the longer, ``"full"`` where they
            overlap at all.

    Raises:
        ValueError: an unknown mode, or sequences of other than one axis.

    Example:
        >>> correlate(torch.tensor([1.0, 2.0, 3.0]), torch.tensor([0.0, 1.0]), mode="full")
        tensor([1., 2., 3., 0.])
    """
    if mode not in ("valid", "same", "full"):
        raise ValueError(f"`mode` must be 'valid', 'same' or 'full'. Received: mode={mode!r}")
    x1, x2 = as_pair(convert_to_tensor(x1), convert_to_tensor(x2), minimum=float)
    if x1.ndim != 1 or x2.ndim != 1:
        raise ValueError(
            f"`correlate` takes sequences of one axis. Received: x1.shape={tuple(x1.shape)}, x2.shape={tuple(x2.shape)}"
        )
    is_swapped = x2.shape[0] > x1.shape[0]
    longer, shorter = (x2.conj(), x1.conj()) if is_swapped else (x1, x2)
    width = shorter.shape[0]
    left, right = {"valid": (0, 0), "full": (width - 1, width - 1), "same": (width // 2, (width - 1) // 2)}[mode]
    padded = torch.nn.functional.pad(longer.resolve_conj(), (left, right))
    result = torch.nn.functional.conv1d(padded[None, None], shorter.conj().resolve_conj()[None, None])[0, 0]
    return torch.flip(result, (0,)) if is_swapped else result
