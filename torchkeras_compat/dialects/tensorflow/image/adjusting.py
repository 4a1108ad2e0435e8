"""Brightness, contrast, hue, saturation, gamma and quality of images changed."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import torch

from torchkeras_compat.dialects.tensorflow.calls import tensor_function
from torchkeras_compat.dialects.tensorflow.image.batches import at_least_images
from torchkeras_compat.dialects.tensorflow.image.colors import converted, hsv_of, rgb_of
from torchkeras_compat.dialects.tensorflow.operands import integer, operands, tensor


@tensor_function
def adjust_brightness(image: Any, delta: Any) -> torch.Tensor:
    """Return images with ``delta``, a fraction of the greatest number of an integer dtype, added.

    Integers are converted to floating point and back, and stay within their dtype.
    """
    x = tensor(image)
    wide = _wide(x)
    return _back(wide + operands(wide, delta)[1], x)


def _wide(x: torch.Tensor) -> torch.Tensor:
    return x if x.dtype in (torch.float16, torch.float32) else converted(x, torch.float32)


def _back(found: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    return converted(found, x.dtype, saturate=True)


@tensor_function
def adjust_contrast(images: Any, contrast_factor: Any) -> torch.Tensor:
    """Return images whose differences from the mean of each channel are scaled.

    Raises:
        ValueError: there are fewer than three axes.
    """
    x = at_least_images(images, "adjust_contrast")
    wide = _wide(x)
    mean = wide.mean((-3, -2), keepdim=True)
    return _back((wide - mean) * operands(wide, contrast_factor)[1] + mean, x)


@tensor_function
def adjust_gamma(image: Any, gamma: Any = 1, gain: Any = 1) -> torch.Tensor:
    """Return ``gain * image ** gamma``.

    Raises:
        ValueError: ``gamma`` is negative.
    """
    x = tensor(image)
    wide = _wide(x)
    if float(gamma) < 0:
        raise ValueError(f"Gamma should be a non-negative real number. Received: {gamma}")
    return _back(float(gain) * wide ** float(gamma), x)


@tensor_function
def adjust_hue(image: Any, delta: Any, name: str | None = None) -> torch.Tensor:
    """Return images of three channels with their hue turned by ``delta``, a fraction of the circle.

    Raises:
        ValueError: there are not three channels, or ``delta`` does not lie in ``[-1, 1]``.
    """
    x = _colored(image, "adjust_hue")
    shift = 0.0 if isinstance(delta, torch.Tensor) and delta.device.type == "meta" else float(delta)
    if not -1 <= shift <= 1:
        raise ValueError(f"delta must be in the interval [-1, 1]. Received: {shift}")
    hsv = hsv_of(_wide(x))
    return _back(rgb_of(torch.stack([torch.remainder(hsv[..., 0] + shift, 1), hsv[..., 1], hsv[..., 2]], -1)), x)


@tensor_function
def adjust_saturation(image: Any, saturation_factor: Any, name: str | None = None) -> torch.Tensor:
    """Return images of three channels with their saturation scaled.

    Raises:
        ValueError: there are not three channels.
    """
    x = _colored(image, "adjust_saturation")
    hsv = hsv_of(_wide(x))
    scaled = (hsv[..., 1] * operands(hsv, saturation_factor)[1]).clamp(0, 1)
    return _back(rgb_of(torch.stack([hsv[..., 0], scaled, hsv[..., 2]], -1)), x)


def _colored(image: Any, name: str) -> torch.Tensor:
    x = at_least_images(image, name)
    if x.shape[-1] != 3:
        raise ValueError(f"`tf.image.{name}` takes images of 3 channels. Received shape {tuple(x.shape)}.")
    return x


@tensor_function
def adjust_jpeg_quality(image: Any, jpeg_quality: Any, name: str | None = None) -> torch.Tensor:
    """Return an image written as JPEG of a quality from 0 to 100, and read again.

    Raises:
        ImportError: Pillow is not installed.
        ValueError: there are neither one nor three channels.
    """
    x = at_least_images(image, "adjust_jpeg_quality")
    if x.ndim != 3 or x.shape[-1] not in (1, 3):
        raise ValueError(f"JPEG takes one image of 1 or 3 channels. Received shape {tuple(x.shape)}.")
    pixels = converted(x, torch.uint8, saturate=True)
    if x.device.type == "meta":
        return torch.empty_like(x)
    try:
        from PIL import Image  # optional
    except ImportError as error:
        raise ImportError("`tf.image.adjust_jpeg_quality` needs Pillow: pip install pillow") from error
    array = pixels.cpu().numpy()
    written = io.BytesIO()
    Image.fromarray(array[..., 0] if array.shape[-1] == 1 else array).save(
        written, "JPEG", quality=min(max(integer(jpeg_quality, "jpeg_quality"), 1), 100)
    )
    read = np.array(Image.open(written)).reshape(array.shape)
    return converted(torch.from_numpy(read).to(x.device), x.dtype, saturate=True)


@tensor_function
def per_image_standardization(image: Any) -> torch.Tensor:
    """Return each image with mean 0 and variance 1, as float32: ``(x - mean) / max(deviation, 1 / sqrt(pixels))``.

    Raises:
        ValueError: there are fewer than three axes.
    """
    x = at_least_images(image, "per_image_standardization")
    wide = x if x.dtype in (torch.float16, torch.float32) else x.to(torch.float32)
    count = x.shape[-1] * x.shape[-2] * x.shape[-3]
    mean = wide.mean((-3, -2, -1), keepdim=True)
    deviation = torch.sqrt(((wide - mean) ** 2).mean((-3, -2, -1), keepdim=True))
    return (wide - mean) / deviation.clamp_min(1 / np.sqrt(count))
