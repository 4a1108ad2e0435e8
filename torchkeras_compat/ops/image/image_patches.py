"""Images and volumes cut into patches."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from torchkeras_compat.config import standardize_data_format
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.ops.padding import check_padding, pad_spatial, per_axis, same_paddings
from torchkeras_compat.symbolic.operation import operation

_Sizes = int | Sequence[int]


@operation
def extract_patches(
    images: Any,
    size: _Sizes,
    strides: _Sizes | None = None,
    dilation_rate: _Sizes = 1,
    padding: str = "valid",
    data_format: str | None = None,
) -> torch.Tensor:
    """Return the patches of images; each becomes the channels of one position.

    Args:
        images: One image or a batch, or, for a ``size`` of three, volumes.
        size: Size of a patch: an int, height and width, or depth, height and width.
        strides: Steps between patches; None for ``size``.
        dilation_rate: Steps between the elements of a patch.
        padding: ``"valid"``, or ``"same"`` to fill up with zeros.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.

    Returns:
        ``(batch, rows, columns, height * width * channels)``, or channels first.

    Raises:
        TypeError: ``size`` is neither an int nor a tuple.
        ValueError: the rank is wrong, or an argument is not as above.

    Example:
        >>> extract_patches(torch.ones(2, 20, 20, 3), 5).shape
        torch.Size([2, 4, 4, 75])
    """
    if not isinstance(size, (int, np.integer, tuple, list)):
        raise TypeError(f"Invalid `size` argument. Expected an int or a tuple. Received: {size!r} of type {type(size)}")
    if not isinstance(size, (int, np.integer)) and len(size) not in (2, 3):
        raise ValueError(f"Invalid `size` argument. Expected a tuple of length 2 or 3. Received: size={size}")
    axes = 2 if isinstance(size, (int, np.integer)) else len(size)
    return _patches(images, axes, size, strides, dilation_rate, padding, data_format)


@operation
def extract_patches_3d(
    volumes: Any,
    size: _Sizes,
    strides: _Sizes | None = None,
    dilation_rate: _Sizes = 1,
    padding: str = "valid",
    data_format: str | None = None,
) -> torch.Tensor:
    """Return the patches of volumes; each becomes the channels of one position.

    Args:
        volumes: ``(depth, height, width, channels)`` or a batch of these, channels first if ``data_format`` says so.
        size: Size of a patch: an int, or depth, height and width.
        strides: As in :func:`extract_patches`.
        dilation_rate: As in :func:`extract_patches`.
        padding: As in :func:`extract_patches`.
        data_format: As in :func:`extract_patches`.

    Raises:
        TypeError: ``size`` is neither an int nor three of them.
        ValueError: the rank is wrong, or an argument is not as above.

    Example:
        >>> extract_patches_3d(torch.ones(1, 20, 20, 20, 3), 5).shape
        torch.Size([1, 4, 4, 4, 375])
    """
    if not isinstance(size, (int, np.integer)) and not (isinstance(size, (tuple, list)) and len(size) == 3):
        raise TypeError(f"Invalid `size` argument. Expected an int or a tuple of length 3. Received: size={size}")
    return _patches(volumes, 3, size, strides, dilation_rate, padding, data_format)


def _patches(
    images: Any,
    axes: int,
    size: _Sizes,
    strides: _Sizes | None,
    dilation_rate: _Sizes,
    padding: str,
    data_format: str | None,
) -> torch.Tensor:
    x = convert_to_tensor(images)
    if x.ndim not in (axes + 1, axes + 2):
        raise ValueError(
            f"Invalid images rank: expected rank {axes + 1} (single) or rank {axes + 2} (batch). "
            f"Received: shape {tuple(x.shape)}"
        )
    sizes = per_axis(size, axes, "size")
    steps = sizes if strides is None else per_axis(strides, axes, "strides")
    dilations = per_axis(dilation_rate, axes, "dilation_rate")
    last = standardize_data_format(data_format) == "channels_last"
    single = x.ndim == axes + 1
    x = x.unsqueeze(0) if single else x
    x = x.movedim(-1, 1) if last else x
    if check_padding(padding) == "same":
        x = pad_spatial(x, same_paddings(x.shape[2:], sizes, steps, dilations))
    for axis in range(axes):  # (batch, channels, *positions, *window)
        reach = (sizes[axis] - 1) * dilations[axis] + 1
        x = x.unfold(2 + axis, reach, steps[axis])[..., :: dilations[axis]]
    positions = x.shape[2 : 2 + axes]
    windows = range(2 + axes, 2 + 2 * axes)
    x = x.permute(0, *range(2, 2 + axes), *windows, 1)
    x = x.reshape(x.shape[0], *positions, math.prod(sizes) * x.shape[-1])
    x = x if last else x.movedim(-1, 1)
    return x.squeeze(0) if single else x
