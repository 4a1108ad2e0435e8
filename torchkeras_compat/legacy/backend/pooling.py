"""Pooling of images and volumes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat.legacy.backend.image_layouts import checked_format, checked_padding
from torchkeras_compat.legacy.backend.operands import tensor
from torchkeras_compat.ops.pooling import average_pool, max_pool
from torchkeras_compat.symbolic.operation import operation, plain


def _pooled(
    x: Any, pool_size: Any, strides: Any, padding: str, data_format: Any, pool_mode: str, number: int
) -> torch.Tensor:
    for name, value in (("pool_size", pool_size), ("strides", strides)):
        if not isinstance(value, (tuple, list)) or len(value) != number:
            raise ValueError(f"`{name}` must be a tuple of {number} integers. Received: {value!r}")
    functions = {"max": max_pool, "avg": average_pool}
    if pool_mode not in functions:
        raise ValueError(f"Invalid pooling mode: {pool_mode!r}. Use 'max' or 'avg'.")
    result: torch.Tensor = plain(functions[pool_mode])(
        tensor(x), tuple(pool_size), tuple(strides), checked_padding(padding), checked_format(data_format)
    )
    return result


@operation
def pool2d(
    x: Any,
    pool_size: Sequence[int],
    strides: Sequence[int] = (1, 1),
    padding: str = "valid",
    data_format: Any = None,
    pool_mode: str = "max",
) -> torch.Tensor:
    """Return the largest or mean value of each window of images.

    Args:
        x: Tensor of shape ``(batch, height, width, channels)``, or as ``data_format`` says.
        pool_size: Height and width of a window.
        strides: Pixels from one window to the next, along each axis.
        padding: ``"valid"`` or ``"same"``.
        data_format: ``"channels_last"`` or ``"channels_first"``; None for the configured one.
        pool_mode: ``"max"`` or ``"avg"``.

    Raises:
        ValueError: a mode or the layout is unknown, or sizes are not two numbers.

    Example:
        >>> pool2d(torch.ones(1, 4, 4, 1), (2, 2), (2, 2)).shape
        torch.Size([1, 2, 2, 1])

    Source: Keras 2.3 API, backend.pool2d.
    """
    return _pooled(x, pool_size, strides, padding, data_format, pool_mode, 2)


@operation
def pool3d(
    x: Any,
    pool_size: Sequence[int],
    strides: Sequence[int] = (1, 1, 1),
    padding: str = "valid",
    data_format: Any = None,
    pool_mode: str = "max",
) -> torch.Tensor:
    """Return the largest or mean value of each window of volumes; see :func:`pool2d`.

    Args:
        x: Tensor of shape ``(batch, depth, height, width, channels)``, or as ``data_format`` says.
        pool_size: Sizes of a window.
        strides: From one window to the next, along each axis.
        padding: ``"valid"`` or ``"same"``.
        data_format: As for images.
        pool_mode: ``"max"`` or ``"avg"``.

    Raises:
        ValueError: a mode or the layout is unknown, or sizes are not three numbers.

    Example:
        >>> pool3d(torch.ones(1, 4, 4, 4, 1), (2, 2, 2), (2, 2, 2), pool_mode="avg").shape
        torch.Size([1, 2, 2, 2, 1])
    """
    return _pooled(x, pool_size, strides, padding, data_format, pool_mode, 3)
