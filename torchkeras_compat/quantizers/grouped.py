"""Quantization in groups: values that lie together share a scale and a zero point.

A group is a range of floats, ``[lowest, highest]``, in as many equal steps as the bits have; a float is
``(value - zero) * scale``. Kernels of layers in int4, GPTQ and AWQ are stored so.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch.nn import functional

from torchkeras_compat.dtypes.names import to_torch_dtype
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.quantizers.abs_max import on_host
from torchkeras_compat.symbolic.operation import operation

_LEAST_SCALE = 1e-8


@operation
def abs_max_quantize_grouped_with_zero_point(
    inputs: Any,
    block_size: int,
    value_range: Sequence[int] = (-8, 7),
    dtype: Any = "int8",
    epsilon: float = 1e-7,
    to_numpy: bool = False,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """``clip(round(inputs / scale) + zero)``, with a scale and a zero point for each block of rows in a column.

    ``scale = (highest - lowest + epsilon) / steps`` and ``zero = clip(round(-lowest / scale) + value_range[0])``, so
    that ``(values - zero) * scale`` gives the inputs back; a block whose values all have one sign is cut off where its
    zero point would be out of range. The last block is filled up with zeros.

    Args:
        inputs: ``(rows, columns)``.
        block_size: Rows that share a scale and a zero point.
        value_range: Least and greatest quantized value.
        dtype: Dtype of the quantized values.
        epsilon: Added to the range of a block.
        to_numpy: Whether to compute on the host, which saves room on the device. As in Keras, three kinds of blocks get
            other numbers there: one of equal values is not widened by one to both sides, one that is larger than the
            matrix is filled up, and all steps are used of a range that is not a power of two.

    Returns:
        The values, ``(rows, columns)``; the scale, ``(blocks, columns)`` in the dtype of ``inputs``; the zero point,
        ``(blocks, columns)`` in int8.

    Raises:
        TypeError: ``block_size`` is not an int.
        ValueError: ``inputs`` is not a matrix or is empty, ``block_size`` not positive, ``value_range`` not in int8,
            of which zero points are.

    Example:
        >>> values, scale, zero = abs_max_quantize_grouped_with_zero_point(torch.tensor([[0.0], [3.0], [-1.0]]), 2)
        >>> ((values[:2] - zero[0]) * scale[0]).T
        tensor([[0., 3.]])

    Source: Keras API, quantizers/abs_max_quantize_grouped_with_zero_point.
    """
    inputs = convert_to_tensor(inputs)
    least, greatest = value_range
    _check_group("block_size", block_size)
    if inputs.ndim != 2 or inputs.numel() == 0:
        raise ValueError(f"Blocks are those of a matrix (rows, columns). Received shape {tuple(inputs.shape)}.")
    if not -128 <= least < greatest <= 127:
        raise ValueError(
            "`value_range` must be two increasing numbers in [-128, 127], since zero points are int8. Received:"
            f" value_range={value_range!r}"
        )
    x = on_host(inputs) if to_numpy else inputs
    x = x if x.dtype.is_floating_point else x.float()
    rows, columns = x.shape
    block_size = block_size if to_numpy else min(block_size, rows)
    blocks = functional.pad(x, (0, 0, 0, -rows % block_size)).reshape(-1, block_size, columns)
    lowest, highest = blocks.amin(1), blocks.amax(1)
    if to_numpy:
        span = highest - lowest
        if x.dtype is torch.bfloat16:  # as NumPy does with what has a bfloat16 and a number of Python
            blocks, lowest, span = blocks.float(), lowest.float(), span.float()
        scale = (span + epsilon) / (greatest - least)
        zero = (torch.round(-lowest / scale) + least).clamp(least, greatest)
    else:
        bits = int(math.log2(greatest - least + 1))
        lowest, highest = _widened(lowest, highest)
        scale = (highest - lowest + epsilon) / (2**bits - 1)
        offset = 2 ** (bits - 1)
        zero = (torch.round(-lowest / scale) - offset).clamp(-offset, offset - 1)
    values = (torch.round(blocks / scale.unsqueeze(1)) + zero.unsqueeze(1)).clamp(least, greatest)
    values = values.to(to_torch_dtype(dtype)).reshape(-1, columns)[:rows]
    scale = scale.to(inputs.dtype) if inputs.dtype.is_floating_point else scale
    return values.to(inputs.device), scale.to(inputs.device), zero.to(inputs.device, torch.int8)


def group_parameters(
    weights: torch.Tensor, bits: int, symmetric: bool = False, group_size: int = -1, per_channel: bool = True
) -> tuple[torch.Tensor, torch.Tensor, int]:
    """Return the scales and zero points of a matrix for unsigned values in ``[0, 2**bits - 1]``.

    ``scale = (highest - lowest) / maxq`` and ``zero = round(-lowest / scale)``, or ``(maxq + 1) / 2`` where symmetric.
    A group of equal values is widened by one to both sides. Two kinds of groups, in which all values have one sign,
    differ from Keras, where the weights would be lost: the range of one whose zero point is not in [0, 255] takes in
    0, where that of Keras wraps around, and symmetric ranges are so for positive values, too.

    Args:
        weights: ``(units, features)``, floating point.
        bits: Bits of a value, 1 to 8.
        symmetric: Whether ranges are ``[-largest, largest]``.
        group_size: Neighbours in a row that share a range; the last of several groups is filled up with zeros. -1 for
            all.
        per_channel: Whether each row has its own ranges; otherwise there is one for the matrix, and no groups.

    Returns:
        The scale in the dtype of the weights and the zero point in uint8, both ``(units, groups)``, and the greatest
        value.

    Raises:
        TypeError: ``group_size`` is not an int.
        ValueError: ``weights`` is not a matrix or is empty, ``bits`` not from 1 to 8, or ``group_size`` neither -1 nor
            positive.

    Example:
        >>> scale, zero, maxq = group_parameters(torch.tensor([[-1.0, 2.0, 0.0, 6.0]]), bits=2, group_size=2)
        >>> scale, zero, maxq
        (tensor([[1., 2.]]), tensor([[1, 0]], dtype=torch.uint8), 3)

    Source: Frantar et al. 2022 (GPTQ).
    """
    if weights is None or weights.ndim != 2 or weights.numel() == 0:
        shape = None if weights is None else tuple(weights.shape)
        raise ValueError(f"Weights to quantize must be a matrix (units, features), and not empty. Received: {shape}")
    if bits not in range(1, 9):
        raise ValueError(f"Quantized weights have 1 to 8 bits. Received: bits={bits!r}")
    if group_size != -1:
        _check_group("group_size", group_size)
    units, features = weights.shape
    groups = weights.unsqueeze(1)
    if not per_channel:
        groups = weights.reshape(1, 1, -1)
    elif -1 < group_size < features:
        groups = functional.pad(weights, (0, -features % group_size)).reshape(units, -1, group_size)
    lowest, highest = groups.amin(-1), groups.amax(-1)
    maxq = 2**bits - 1
    if symmetric:
        highest = torch.maximum(-lowest, highest)
        lowest, highest = _widened(-highest, highest)
        scale = (highest - lowest) / maxq
        zero = torch.full_like(scale, (maxq + 1) // 2)
    else:
        lowest, highest = _widened(lowest, highest)
        scale = (highest - lowest) / maxq
        zero = torch.round(-lowest / scale)
        is_outside = (zero < 0) | (zero > 255)
        lowest = torch.where(is_outside, lowest.clamp_max(0), lowest)
        highest = torch.where(is_outside, highest.clamp_min(0), highest)
        scale = (highest - lowest) / maxq
        zero = torch.round(-lowest / scale)
    if not per_channel:
        scale, zero = scale.repeat(units, 1), zero.repeat(units, 1)
    return scale, zero.to(torch.uint8), maxq


def quantize_with_zero_point(
    x: torch.Tensor, scale: torch.Tensor, zero: torch.Tensor, maxq: int | torch.Tensor
) -> torch.Tensor:
    """``clip(round(x / scale + zero), 0, maxq)``, still in floating point.

    Args:
        x: Floating point.
        scale: Broadcasts to ``x``; 0 counts as 1e-8.
        zero: Broadcasts to ``x``.
        maxq: Greatest value.

    Example:
        >>> quantize_with_zero_point(torch.tensor([-1.0, 0.0, 9.0]), torch.tensor(0.5), torch.tensor(3), 15)
        tensor([ 1.,  3., 15.])
    """
    scale = torch.where(scale == 0, _LEAST_SCALE, scale)
    return torch.round(x / scale + zero).clamp_min(0).clamp_max(maxq)


def dequantize_with_zero_point(values: torch.Tensor, scale: torch.Tensor, zero: torch.Tensor) -> torch.Tensor:
    """``(values - zero) * scale``, where integers count as numbers of the dtype of ``scale``.

    Example:
        >>> dequantize_with_zero_point(torch.tensor([1, 3, 15]), torch.tensor(0.5), torch.tensor(3))
        tensor([-1.,  0.,  6.])
    """
    if not values.dtype.is_floating_point:
        values = values.to(scale.dtype)  # the difference of two unsigned integers would have no sign
    return (values - zero) * scale


def dequantize_by_group(
    weights: torch.Tensor, scale: torch.Tensor, zero: torch.Tensor, g_idx: torch.Tensor, group_axis: int = -1
) -> torch.Tensor:
    """``(weights - zero[group]) * scale[group]``, where ``g_idx`` says which group an index is of.

    Args:
        weights: Quantized values.
        scale: As ``weights``, with as many entries along ``group_axis`` as there are groups.
        zero: Of the shape of ``scale``.
        g_idx: Group of each index along ``group_axis``, whole numbers of any dtype: Keras's files have floats.
        group_axis: Axis along which groups lie.

    Example:
        >>> scale, zero = torch.tensor([[1.0, 0.5]]), torch.tensor([[0, 2]])
        >>> dequantize_by_group(torch.tensor([[1, 2, 3]]), scale, zero, torch.tensor([0, 1, 1]))
        tensor([[1.0000, 0.0000, 0.5000]])
    """
    groups = g_idx.int()
    return dequantize_with_zero_point(
        weights, scale.index_select(group_axis, groups), zero.index_select(group_axis, groups)
    )


def _widened(lowest: torch.Tensor, highest: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return ranges, where those of one value are larger by one to both sides."""
    is_one_value = lowest == highest
    return torch.where(is_one_value, lowest - 1, lowest), torch.where(is_one_value, highest + 1, highest)


def _check_group(name: str, size: Any) -> None:
    if isinstance(size, bool) or not hasattr(size, "__index__"):
        raise TypeError(f"`{name}` must be an int. Received: {name}={size!r} of type {type(size)}")
    if size < 1:
        raise ValueError(f"`{name}` must be a positive int. Received: {name}={size!r}")
