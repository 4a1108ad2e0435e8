"""Images blurred, and their edges."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F

from torchkeras_compat.config import standardize_data_format
from torchkeras_compat.ops.image.layout import back_to, channels_first, in_float, like_images
from torchkeras_compat.ops.padding import pad_spatial, same_padding
from torchkeras_compat.symbolic.operation import operation


@operation(output_spec=like_images)
def gaussian_blur(
    images: Any, kernel_size: Sequence[int] = (3, 3), sigma: Any = (1.0, 1.0), data_format: str | None = None
) -> torch.Tensor:
    """Return images averaged with the weights of a normal distribution; zeros lie outside.

    Args:
        images: One image or a batch.
        kernel_size: Columns and rows of the window.
        sigma: Standard deviation along the columns and along the rows, in pixels.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.

    Raises:
        ValueError: the rank is neither 3 nor 4.

    Example:
        >>> gaussian_blur(torch.ones(3, 3, 1))[1, 1]
        tensor([1.])
    """
    x, restore = channels_first(images, data_format)
    return restore(back_to(blurred(in_float(x), kernel_size, sigma), x.dtype))


def blurred(x: torch.Tensor, kernel_size: Sequence[int], sigma: Any) -> torch.Tensor:
    """Blur ``(batch, channels, height, width)``: first along the columns, then along the rows."""
    for axis, size, deviation in ((3, kernel_size[0], sigma[0]), (2, kernel_size[1], sigma[1])):
        x = _convolved(x, gaussian_window(int(size), deviation, x), axis)
    return x


def gaussian_window(size: int, sigma: Any, like: torch.Tensor) -> torch.Tensor:
    """Return the weights ``exp(-x**2 / (2 sigma**2))`` around the middle of a window, which sum to 1."""
    x = torch.arange(size, device=like.device, dtype=like.dtype) - (size - 1) / 2
    weights = torch.exp(-0.5 * (x / sigma) ** 2)
    return weights / weights.sum()


def _convolved(x: torch.Tensor, window: torch.Tensor, axis: int) -> torch.Tensor:
    """Each channel convolved along one axis, to the same size."""
    channels, size = x.shape[1], window.numel()
    pads = [(0, 0), (0, 0)]
    pads[axis - 2] = same_padding(x.shape[axis], size)
    shape = [channels, 1, 1, 1]
    shape[axis] = size
    weight = window.reshape([1 if i != axis else size for i in range(4)]).expand(shape)
    return F.conv2d(pad_spatial(x, pads), weight.contiguous(), groups=channels)


@operation
def sobel_edges(images: Any, data_format: str | None = None) -> torch.Tensor:
    """Return the slopes of images along rows and columns; zeros lie outside.

    Args:
        images: One image or a batch.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.

    Returns:
        The shape of ``images`` with one more axis of size 2: change downwards, change to the right.

    Raises:
        ValueError: the rank is neither 3 nor 4.

    Example:
        >>> sobel_edges(torch.ones(2, 8, 8, 3)).shape
        torch.Size([2, 8, 8, 3, 2])

    Source: Sobel and Feldman 1968.
    """
    x, _ = channels_first(images, data_format)
    numbers = in_float(x)
    batch, channels, height, width = x.shape
    down = numbers.new_tensor([[-1.0, -2.0, -1.0], [0.0, 0.0, 0.0], [1.0, 2.0, 1.0]])
    kernels = torch.stack([down, down.mT]).unsqueeze(1)
    edges = F.conv2d(numbers.reshape(batch * channels, 1, height, width), kernels, padding=1)
    edges = edges.reshape(batch, channels, 2, height, width).movedim(2, -1)
    edges = back_to(edges, x.dtype) if x.is_floating_point() else edges
    if standardize_data_format(data_format) == "channels_last":
        edges = edges.movedim(1, -2)
    return edges.squeeze(0) if len(images.shape) == 3 else edges
