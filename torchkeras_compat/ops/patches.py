"""Between images and their patches, and between channels and space."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F

from torchkeras_compat.config import standardize_data_format
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.symbolic.operation import operation

_Pair = int | tuple[int, int]


def _pair(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


@operation
def unfold(x: Any, kernel_size: _Pair, dilation: _Pair = 1, padding: _Pair = 0, stride: _Pair = 1) -> torch.Tensor:
    """Return the sliding windows of images as columns.

    Args:
        x: ``(batch, channels, height, width)``.
        kernel_size: Window size, an int or a pair.
        dilation: Steps between the elements of a window.
        padding: Zeros added on each side.
        stride: Steps between windows.

    Returns:
        ``(batch, channels * kernel height * kernel width, windows)``.

    Example:
        >>> unfold(torch.ones(1, 2, 4, 4), 2, stride=2).shape
        torch.Size([1, 8, 4])
    """
    return F.unfold(convert_to_tensor(x), *map(_pair, (kernel_size, dilation, padding, stride)))


@operation
def fold(
    x: Any, output_size: _Pair, kernel_size: _Pair, dilation: _Pair = 1, padding: _Pair = 0, stride: _Pair = 1
) -> torch.Tensor:
    """Sum columns of sliding windows back into images: the transpose of :func:`unfold`.

    Args:
        x: ``(batch, channels * kernel height * kernel width, windows)``.
        output_size: Height and width of the images.
        kernel_size: Window size, an int or a pair.
        dilation: Steps between the elements of a window.
        padding: Zeros that ``unfold`` added on each side.
        stride: Steps between windows.

    Returns:
        ``(batch, channels, height, width)``.

    Raises:
        ValueError: ``x`` does not have three axes.

    Example:
        >>> fold(torch.ones(1, 8, 4), (4, 4), 2, stride=2).shape
        torch.Size([1, 2, 4, 4])
    """
    x = convert_to_tensor(x)
    if x.ndim != 3:
        raise ValueError(
            f"`fold` needs a 3D tensor (batch, kernel elements, windows). Received: x.shape={tuple(x.shape)}"
        )
    return F.fold(x, *map(_pair, (output_size, kernel_size, dilation, padding, stride)))


@operation
def depth_to_space(x: Any, block_size: int, data_format: str = "channels_last") -> torch.Tensor:
    """Move blocks of channels into blocks of space: channels shrink by ``block_size**2``, height and width grow.

    The new channels change fastest among the old ones for channels last, slowest for channels first (torch's
    ``pixel_shuffle``), as in Keras.

    Args:
        x: ``(batch, height, width, channels)``, or ``(batch, channels, height, width)`` for channels first.
        block_size: Size of a block, at least 2.
        data_format: ``"channels_last"`` or ``"channels_first"``.

    Raises:
        ValueError: ``block_size`` is less than 2, or the channels are not a multiple of its square.

    Example:
        >>> depth_to_space(torch.ones(1, 2, 2, 12), 2).shape
        torch.Size([1, 4, 4, 3])
    """
    b = _check_block(block_size)
    x, first = convert_to_tensor(x), standardize_data_format(data_format) == "channels_first"
    n, h, w, c = (x.shape[i] for i in ((0, 2, 3, 1) if first else (0, 1, 2, 3)))
    if c % b**2:
        raise ValueError(f"`depth_to_space` with block_size={b} needs a multiple of {b**2} channels. Received: {c}")
    if first:
        return F.pixel_shuffle(x, b)
    return x.reshape(n, h, w, b, b, c // b**2).permute(0, 1, 3, 2, 4, 5).reshape(n, h * b, w * b, c // b**2)


@operation
def space_to_depth(x: Any, block_size: int, data_format: str = "channels_last") -> torch.Tensor:
    """Move blocks of space into channels: the inverse of :func:`depth_to_space`.

    Args:
        x: ``(batch, height, width, channels)``, or ``(batch, channels, height, width)`` for channels first.
        block_size: Size of a block, at least 2.
        data_format: ``"channels_last"`` or ``"channels_first"``.

    Raises:
        ValueError: ``block_size`` is less than 2, or height or width is not a multiple of it.

    Example:
        >>> space_to_depth(torch.ones(1, 4, 4, 3), 2).shape
        torch.Size([1, 2, 2, 12])
    """
    b = _check_block(block_size)
    x, first = convert_to_tensor(x), standardize_data_format(data_format) == "channels_first"
    n, h, w, c = (x.shape[i] for i in ((0, 2, 3, 1) if first else (0, 1, 2, 3)))
    if h % b or w % b:
        raise ValueError(f"`space_to_depth` with block_size={b} needs multiples of it. Received: height={h}, width={w}")
    if first:
        return F.pixel_unshuffle(x, b)
    return x.reshape(n, h // b, b, w // b, b, c).permute(0, 1, 3, 2, 4, 5).reshape(n, h // b, w // b, c * b**2)


def _check_block(block_size: int) -> int:
    if block_size < 2:
        raise ValueError(f"`block_size` must be at least 2. Received: block_size={block_size}")
    return block_size
