"""Between color spaces and between dtypes of images."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.dialects.tensorflow.calls import tensor_function
from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.operands import floats, tensor
from torchkeras_compat.dtypes.names import to_torch_dtype

_YIQ = ((0.299, 0.59590059, 0.2115), (0.587, -0.27455667, -0.52273617), (0.114, -0.32134392, 0.31119955))
_RGB_OF_YIQ = ((1.0, 1.0, 1.0), (0.95598634, -0.27201283, -1.10674021), (0.6208248, -0.64720424, 1.70423049))
_YUV = ((0.299, -0.14714119, 0.61497538), (0.587, -0.28886916, -0.51496512), (0.114, 0.43601035, -0.10001026))
_RGB_OF_YUV = ((1.0, 1.0, 1.0), (0.0, -0.394642334, 2.03206185), (1.13988303, -0.58062185, 0.0))


def _mixed(images: Any, name: str, matrix: Any) -> torch.Tensor:
    x = _colors(floats(images, f"image.{name}", complex=False), name)
    return x @ torch.tensor(matrix, dtype=x.dtype, device=x.device)


def _colors(x: torch.Tensor, name: str) -> torch.Tensor:
    if not x.ndim or x.shape[-1] != 3:
        raise ValueError(f"`tf.image.{name}` takes images of 3 channels. Received shape {tuple(x.shape)}.")
    return x


@tensor_function
def rgb_to_yiq(images: Any) -> torch.Tensor:
    """Return brightness and the two color parts of NTSC.

    Raises:
        ValueError: there are not three channels.
        InvalidArgumentError: the images hold integers.
    """
    return _mixed(images, "rgb_to_yiq", _YIQ)


@tensor_function
def yiq_to_rgb(images: Any) -> torch.Tensor:
    """Return the inverse of :func:`rgb_to_yiq`."""
    return _mixed(images, "yiq_to_rgb", _RGB_OF_YIQ)


@tensor_function
def rgb_to_yuv(images: Any) -> torch.Tensor:
    """Return brightness and the two color parts of PAL."""
    return _mixed(images, "rgb_to_yuv", _YUV)


@tensor_function
def yuv_to_rgb(images: Any) -> torch.Tensor:
    """Return the inverse of :func:`rgb_to_yuv`."""
    return _mixed(images, "yuv_to_rgb", _RGB_OF_YUV)


@tensor_function
def rgb_to_grayscale(images: Any, name: str | None = None) -> torch.Tensor:
    """Return ``0.2989 red + 0.5870 green + 0.1140 blue`` as one channel, in the dtype of the images.

    Raises:
        ValueError: there are not three channels.
    """
    x = _colors(tensor(images), "rgb_to_grayscale")
    wide = converted(x, torch.float32)
    gray = (wide * torch.tensor((0.2989, 0.5870, 0.1140), dtype=wide.dtype, device=x.device)).sum(-1, keepdim=True)
    return converted(gray, x.dtype)


@tensor_function
def grayscale_to_rgb(images: Any, name: str | None = None) -> torch.Tensor:
    """Return the one channel three times.

    Raises:
        ValueError: there is not one channel.
    """
    x = tensor(images)
    if not x.ndim or x.shape[-1] != 1:
        raise ValueError(f"Last dimension of a grayscale image should be size 1. Received shape {tuple(x.shape)}.")
    return x.repeat(*(1,) * (x.ndim - 1), 3)


@tensor_function
def rgb_to_hsv(images: Any, name: str | None = None) -> torch.Tensor:
    """Return hue (as a fraction of the circle), saturation and value of colors in ``[0, 1]``.

    Raises:
        ValueError: there are not three channels.
        InvalidArgumentError: the images hold integers.

    Source: Smith 1978.
    """
    return hsv_of(_colors(floats(images, "image.rgb_to_hsv", complex=False), "rgb_to_hsv"))


def hsv_of(x: torch.Tensor) -> torch.Tensor:
    """Return hue, saturation and value of colors."""
    red, green, blue = x.unbind(-1)
    value, least = x.amax(-1), x.amin(-1)
    spread = value - least
    one = torch.ones_like(spread)
    norm = 1 / (6 * torch.where(spread > 0, spread, one))
    hue = torch.where(
        red == value,
        norm * (green - blue),
        torch.where(green == value, norm * (blue - red) + 2 / 6, norm * (red - green) + 4 / 6),
    )
    hue = torch.where(spread > 0, hue, 0)
    saturation = torch.where(value > 0, spread / torch.where(value > 0, value, one), 0)
    return torch.stack([torch.where(hue < 0, hue + 1, hue), saturation, value], -1)


@tensor_function
def hsv_to_rgb(images: Any, name: str | None = None) -> torch.Tensor:
    """Return the inverse of :func:`rgb_to_hsv`."""
    return rgb_of(_colors(floats(images, "image.hsv_to_rgb", complex=False), "hsv_to_rgb"))


def rgb_of(x: torch.Tensor) -> torch.Tensor:
    """Return colors of hue, saturation and value."""
    hue, saturation, value = x.unbind(-1)
    dh = hue * 6
    parts = [(dh - 3).abs() - 1, 2 - (dh - 2).abs(), 2 - (dh - 4).abs()]
    return torch.stack([((1 - saturation) + saturation * p.clamp(0, 1)) * value for p in parts], -1)


@tensor_function
def convert_image_dtype(image: Any, dtype: Any, saturate: bool = False, name: str | None = None) -> torch.Tensor:
    """Return images in another dtype, integers from 0 to their greatest standing for numbers from 0 to 1.

    Args:
        image: Images.
        dtype: Floating point or integer dtype.
        saturate: Whether what is too large becomes the greatest number, instead of overflowing.
        name: Not used.

    Raises:
        InvalidArgumentError: a dtype is neither floating point nor integer.

    Example:
        >>> convert_image_dtype(torch.tensor([0, 255], dtype=torch.uint8), "float32").numpy().tolist()
        [0.0, 1.0]
    """
    return converted(tensor(image), to_torch_dtype(dtype), saturate)


def converted(x: torch.Tensor, dtype: torch.dtype, saturate: bool = False) -> torch.Tensor:
    """Return images in another dtype; see :func:`convert_image_dtype`."""
    if x.dtype is dtype:
        return x
    if torch.bool in (x.dtype, dtype) or x.is_complex() or dtype.is_complex:
        raise InvalidArgumentError(f"Images are integers or floating point. Received: {x.dtype} to {dtype}.")
    if x.is_floating_point():
        if dtype.is_floating_point:
            return x.to(dtype)
        scale = torch.iinfo(dtype).max
        scaled = x * (scale + 0.5)
        if saturate:
            scaled = torch.minimum(scaled.clamp_min(torch.iinfo(dtype).min), _edge(scale, x))
        return scaled.to(dtype)
    if dtype.is_floating_point:
        return x.to(dtype) * (1.0 / torch.iinfo(x.dtype).max)
    old, new = torch.iinfo(x.dtype).max, torch.iinfo(dtype).max
    if old > new:
        scale = (old + 1) // (new + 1)
        return (
            torch.div(x, scale, rounding_mode="trunc").clamp(torch.iinfo(dtype).min, new).to(dtype)
            if saturate
            else (torch.div(x, scale, rounding_mode="trunc").to(dtype))
        )
    return x.to(dtype) * ((new + 1) // (old + 1))


def _edge(limit: int, like: torch.Tensor) -> torch.Tensor:
    """The greatest number of a floating point dtype that an integer dtype holds."""
    found = torch.tensor(float(limit), dtype=like.dtype, device="cpu")
    return torch.nextafter(found, torch.zeros_like(found)) if int(found) > limit else found
