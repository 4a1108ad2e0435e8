"""Between color spaces."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.ops.image.layout import back_to, channels_first, in_float
from torchkeras_compat.symbolic.operation import operation


@operation
def rgb_to_grayscale(images: Any, data_format: str | None = None) -> torch.Tensor:
    """Return ``0.2989 red + 0.5870 green + 0.1140 blue``; grayscale images as they are.

    Args:
        images: One image or a batch, with 3 channels or 1.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.

    Returns:
        The same with one channel.

    Raises:
        ValueError: the rank is neither 3 nor 4, or there are other than 1 or 3 channels.

    Example:
        >>> rgb_to_grayscale(torch.tensor([[[0.0, 1.0, 0.0]]]))
        tensor([[[0.5870]]])

    Source: ITU-R BT.601.
    """
    x, restore = channels_first(images, data_format)
    if x.shape[1] not in (1, 3):
        raise ValueError(
            "Invalid channel size: expected 3 (RGB) or 1 (Grayscale). "
            f"Received: images.shape={tuple(images.shape)}, {x.shape[1]} channels"
        )
    if x.shape[1] == 1:
        return restore(x)
    weights = torch.tensor([0.2989, 0.5870, 0.1140], dtype=in_float(x).dtype, device=x.device).reshape(1, 3, 1, 1)
    gray = (in_float(x) * weights).sum(dim=1, keepdim=True)
    return restore(gray.to(x.dtype))


@operation
def rgb_to_hsv(images: Any, data_format: str | None = None) -> torch.Tensor:
    """Return hue (as a fraction of the circle), saturation and value of colors in [0, 1].

    Args:
        images: One image or a batch, floating point, with 3 channels.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.

    Raises:
        ValueError: the rank is neither 3 nor 4, there are not 3 channels, or the dtype is not floating point.

    Example:
        >>> rgb_to_hsv(torch.tensor([[[0.0, 0.5, 0.0]]]))
        tensor([[[0.3333, 1.0000, 0.5000]]])

    Source: Smith 1978.
    """
    x, restore = channels_first(images, data_format)
    _check_color(x)
    red, green, blue = in_float(x).unbind(1)
    value, least = in_float(x).amax(1), in_float(x).amin(1)
    spread = value - least
    divisor = torch.where(spread > 0, spread, 1)
    hue = torch.where(
        value == red,
        (green - blue) / divisor / 6,
        torch.where(value == green, (blue - red) / divisor / 6 + 2 / 6, (red - green) / divisor / 6 + 4 / 6),
    )
    hue = torch.where(spread > 0, hue, 0)
    hue = torch.where(hue < 0, hue + 1, hue)
    saturation = torch.where(value > 0, spread / torch.where(value > 0, value, 1), 0)
    return restore(back_to(torch.stack([hue, saturation, value], dim=1), x.dtype))


@operation
def hsv_to_rgb(images: Any, data_format: str | None = None) -> torch.Tensor:
    """Return colors of hue (as a fraction of the circle), saturation and value: the inverse of :func:`rgb_to_hsv`.

    Args:
        images: One image or a batch, floating point, with 3 channels.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.

    Raises:
        ValueError: the rank is neither 3 nor 4, there are not 3 channels, or the dtype is not floating point.

    Example:
        >>> hsv_to_rgb(torch.tensor([[[0.5, 1.0, 0.5]]]))
        tensor([[[0.0000, 0.5000, 0.5000]]])
    """
    x, restore = channels_first(images, data_format)
    _check_color(x)
    hue, saturation, value = in_float(x).unbind(1)
    # Each color falls from the value towards value * (1 - saturation) with the distance of the hue from its own.
    offsets = torch.tensor([5.0, 3.0, 1.0], dtype=hue.dtype, device=hue.device).reshape(1, 3, 1, 1)
    sector = torch.remainder(offsets + 6 * hue.unsqueeze(1), 6)
    fall = torch.minimum(sector, 4 - sector).clamp(0, 1)
    return restore(back_to(value.unsqueeze(1) * (1 - saturation.unsqueeze(1) * fall), x.dtype))


def _check_color(x: torch.Tensor) -> None:
    if not x.is_floating_point():
        raise ValueError(f"Invalid images dtype: expected float dtype. Received: {x.dtype}. Divide by 255 first.")
    if x.shape[1] != 3:
        raise ValueError(f"Input images must have 3 channels, but received images with {x.shape[1]} channels.")
