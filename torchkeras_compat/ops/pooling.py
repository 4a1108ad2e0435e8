"""Pooling over one to three spatial axes, on torch's kernels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F

from torchkeras_compat.config import standardize_data_format
from torchkeras_compat.ops.operands import as_float
from torchkeras_compat.ops.padding import Sizes, check_padding, pad_spatial, per_axis, pooling_padding, same_paddings
from torchkeras_compat.symbolic.operation import operation

_MAX = {1: F.max_pool1d, 2: F.max_pool2d, 3: F.max_pool3d}
_AVERAGE = {1: F.avg_pool1d, 2: F.avg_pool2d, 3: F.avg_pool3d}
_ADAPTIVE_MAX = {1: F.adaptive_max_pool1d, 2: F.adaptive_max_pool2d, 3: F.adaptive_max_pool3d}
_ADAPTIVE_AVERAGE = {1: F.adaptive_avg_pool1d, 2: F.adaptive_avg_pool2d, 3: F.adaptive_avg_pool3d}


@operation
def max_pool(
    inputs: Any,
    pool_size: Sizes,
    strides: Sizes | None = None,
    padding: str = "valid",
    data_format: str | None = None,
) -> torch.Tensor:
    """Take the largest element of each window.

    Args:
        inputs: ``(batch, *spatial, channels)``, or ``(batch, channels, *spatial)`` for channels first.
        pool_size: Window size, one int or one for each spatial axis.
        strides: Steps between windows; None for ``pool_size``.
        padding: ``"valid"``, or ``"same"`` for outputs of ``ceil(size / stride)``.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.

    Raises:
        ValueError: the inputs have no one to three spatial axes, or an argument is not one of the values above.

    Example:
        >>> max_pool(torch.arange(5.0).reshape(1, 5, 1), 2, padding="same").flatten()
        tensor([1., 3., 4.])
    """
    x, restore = _channels_first(inputs, data_format)
    return restore(max_pool_channels_first(x, *_windows(x, pool_size, strides), check_padding(padding)))


@operation
def average_pool(
    inputs: Any,
    pool_size: Sizes,
    strides: Sizes | None = None,
    padding: str = "valid",
    data_format: str | None = None,
) -> torch.Tensor:
    """Take the mean of each window; what ``padding="same"`` adds is not counted.

    Args:
        inputs: As in :func:`max_pool`.
        pool_size: As in :func:`max_pool`.
        strides: As in :func:`max_pool`.
        padding: As in :func:`max_pool`.
        data_format: As in :func:`max_pool`.

    Raises:
        ValueError: the inputs have no one to three spatial axes, or an argument is not one of the values allowed.

    Example:
        >>> average_pool(torch.arange(5.0).reshape(1, 5, 1), 2, padding="same").flatten()
        tensor([0.5000, 2.5000, 4.0000])
    """
    x, restore = _channels_first(inputs, data_format)
    return restore(average_pool_channels_first(x, *_windows(x, pool_size, strides), check_padding(padding)))


@operation
def adaptive_max_pool(inputs: Any, output_size: Sizes, data_format: str | None = None) -> torch.Tensor:
    """Take the largest element of windows chosen so that the output has ``output_size``.

    Args:
        inputs: As in :func:`max_pool`.
        output_size: One int or one for each spatial axis.
        data_format: As in :func:`max_pool`.

    Raises:
        ValueError: the inputs have no one to three spatial axes, or ``output_size`` does not fit them.

    Example:
        >>> adaptive_max_pool(torch.arange(5.0).reshape(1, 5, 1), 2).flatten()
        tensor([2., 4.])
    """
    x, restore = _channels_first(inputs, data_format)
    return restore(_ADAPTIVE_MAX[x.ndim - 2](x, per_axis(output_size, x.ndim - 2, "output_size")))


@operation
def adaptive_average_pool(inputs: Any, output_size: Sizes, data_format: str | None = None) -> torch.Tensor:
    """Take the mean of windows chosen so that the output has ``output_size``.

    Args:
        inputs: As in :func:`max_pool`.
        output_size: One int or one for each spatial axis.
        data_format: As in :func:`max_pool`.

    Raises:
        ValueError: the inputs have no one to three spatial axes, or ``output_size`` does not fit them.

    Example:
        >>> adaptive_average_pool(torch.arange(5.0).reshape(1, 5, 1), 2).flatten()
        tensor([1., 3.])
    """
    x, restore = _channels_first(inputs, data_format)
    size: Any = per_axis(output_size, x.ndim - 2, "output_size")
    return restore(_ADAPTIVE_AVERAGE[x.ndim - 2](x, size))


def max_pool_channels_first(
    x: torch.Tensor, pool_size: tuple[int, ...], strides: tuple[int, ...], padding: str
) -> torch.Tensor:
    """Pool ``(batch, channels, *spatial)``; ``padding`` is ``"valid"`` or ``"same"``."""
    function = _MAX[len(pool_size)]
    if padding == "valid":
        return function(x, pool_size, strides)
    fit = pooling_padding(x.shape[2:], pool_size, strides)
    if fit:
        return function(x, pool_size, strides, fit[0], 1, fit[1])
    pads = same_paddings(x.shape[2:], pool_size, strides, (1,) * len(pool_size))
    return function(pad_spatial(x, pads, torch.finfo(x.dtype).min), pool_size, strides)


def average_pool_channels_first(
    x: torch.Tensor, pool_size: tuple[int, ...], strides: tuple[int, ...], padding: str
) -> torch.Tensor:
    """Pool ``(batch, channels, *spatial)``; ``padding`` is ``"valid"`` or ``"same"``."""
    function = _AVERAGE[len(pool_size)]
    if padding == "valid":
        return function(x, pool_size, strides)
    fit = pooling_padding(x.shape[2:], pool_size, strides)
    if fit:
        return function(x, pool_size, strides, fit[0], fit[1], False)
    pads = same_paddings(x.shape[2:], pool_size, strides, (1,) * len(pool_size))
    inside = pad_spatial(x.new_ones(1, 1, *x.shape[2:]), pads)
    return function(pad_spatial(x, pads), pool_size, strides) / function(inside, pool_size, strides)


def _channels_first(
    inputs: Any, data_format: str | None
) -> tuple[torch.Tensor, Callable[[torch.Tensor], torch.Tensor]]:
    x = as_float(inputs)
    if not 3 <= x.ndim <= 5:
        raise ValueError(
            "Pooling needs inputs with one to three spatial axes beside batch and channels. "
            f"Received: inputs.shape={tuple(x.shape)}"
        )
    if standardize_data_format(data_format) == "channels_first":
        return x, lambda y: y
    return x.movedim(-1, 1), lambda y: y.movedim(1, -1)


def _windows(x: torch.Tensor, pool_size: Sizes, strides: Sizes | None) -> tuple[tuple[int, ...], tuple[int, ...]]:
    axes = x.ndim - 2
    sizes = per_axis(pool_size, axes, "pool_size")
    return sizes, sizes if strides is None else per_axis(strides, axes, "strides")
