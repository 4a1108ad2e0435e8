"""The values of images changed: channels shifted, images made brighter or darker."""

from __future__ import annotations

from typing import Any

import numpy as np

from torchkeras_compat import config
from torchkeras_compat.utils.images import array_to_img, img_to_array, pillow

Array = np.ndarray[Any, Any]


def apply_channel_shift(x: Array, intensity: float, channel_axis: int = 0) -> Array:
    """Return an image with ``intensity`` added to all values, which stay between its smallest and its largest.

    Args:
        x: Image.
        intensity: What to add.
        channel_axis: Axis of the channels, which all get the same.

    Example:
        >>> apply_channel_shift(np.array([[[0.0, 4.0, 9.0]]]), 2).tolist()
        [[[2.0, 6.0, 9.0]]]

    Source: Keras 2.15 API, preprocessing/image.
    """
    if not -x.ndim <= channel_axis < x.ndim:
        raise ValueError(f"`channel_axis` must be an axis of the image. Received: {channel_axis}, shape {x.shape}")
    return np.clip(x + intensity, x.min(), x.max())


def random_channel_shift(x: Array, intensity_range: float, channel_axis: int = 0) -> Array:
    """Return an image with a random number of ``[-intensity_range, intensity_range)`` added to all values.

    Args:
        x: Image.
        intensity_range: Largest number to add.
        channel_axis: Axis of the channels.

    Example:
        >>> random_channel_shift(np.zeros((3, 2, 2)), 10.0).shape
        (3, 2, 2)

    Source: Keras 2.15 API, preprocessing/image.
    """
    return apply_channel_shift(x, np.random.uniform(-intensity_range, intensity_range), channel_axis)


def apply_brightness_shift(x: Array, brightness: float, scale: bool = True) -> Array:
    """Return an image whose values are multiplied by ``brightness``, by Pillow and in whole numbers of 0..255.

    Args:
        x: Image, in the global data format.
        brightness: 0 for black, 1 for the image as it is.
        scale: Whether to stretch the values to 0..255 first. Else this is done for values outside of 0..255 alone, and
            taken back in the end.

    Returns:
        The shape of ``x``, in ``floatx``.

    Raises:
        ValueError: ``x`` is not an image of 1, 3 or 4 channels.
        ImportError: Pillow is not installed.

    Example:
        >>> apply_brightness_shift(np.full((1, 1, 1), 100.0), 0.5, scale=False).tolist()
        [[[50.0]]]

    Source: Keras 2.15 API, preprocessing/image.
    """
    return brightened(x, brightness, scale, config.image_data_format())


def brightened(x: Array, brightness: float, scale: bool, data_format: str) -> Array:
    """Return what :func:`apply_brightness_shift` does, for an image in any data format."""
    pillow()
    from PIL import ImageEnhance  # optional, as is Pillow

    low, high = x.min(), x.max()
    is_beyond = low < 0 or high > 255
    picture = array_to_img(x, data_format=data_format, scale=bool(is_beyond or scale))
    result = img_to_array(ImageEnhance.Brightness(picture).enhance(brightness), data_format=data_format)
    if is_beyond and not scale:
        return np.asarray(result / 255 * (high - low) + low)
    return result


def random_brightness(x: Array, brightness_range: Any, scale: bool = True) -> Array:
    """Return an image whose values are multiplied by a random number.

    Args:
        x: Image, in the global data format.
        brightness_range: Smallest and largest number.
        scale: As of :func:`apply_brightness_shift`.

    Raises:
        ValueError: the range is not two numbers, or ``x`` is not an image.
        ImportError: Pillow is not installed.

    Example:
        >>> random_brightness(np.ones((2, 2, 3)), (0.5, 1.5)).shape
        (2, 2, 3)

    Source: Keras 2.15 API, preprocessing/image.
    """
    if np.shape(brightness_range) != (2,):
        raise ValueError(f"`brightness_range` should be two numbers. Received: {brightness_range!r}")
    return apply_brightness_shift(x, np.random.uniform(*brightness_range), scale)
