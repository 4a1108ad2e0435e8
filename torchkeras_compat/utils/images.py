"""Pillow images and arrays, one made of the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from torchkeras_compat import config

if TYPE_CHECKING:
    from PIL.Image import Image


def pillow() -> Any:
    """Return the module ``PIL.Image``.

    Raises:
        ImportError: Pillow is not installed.
    """
    try:
        import PIL.Image  # optional, and slow to import
    except ImportError as error:
        raise ImportError("Reading and writing images needs Pillow: pip install torchkeras-compat[images]") from error
    return PIL.Image


def array_to_img(x: Any, data_format: str | None = None, scale: bool = True, dtype: Any = None) -> Image:
    """Return an array as a Pillow image of 1, 3 or 4 channels.

    Args:
        x: Array or tensor of shape ``(height, width, channels)``, or as ``data_format`` says.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.
        scale: Whether to stretch the values to 0..255, smallest to largest. Else they are taken as they are; those
            beyond 255 make an image of 32-bit pixels if there is one channel.
        dtype: What to compute in; None for ``floatx``.

    Raises:
        ValueError: another rank or number of channels, or an unknown ``data_format``.
        ImportError: Pillow is not installed.

    Example:
        >>> array_to_img(np.zeros((4, 6, 3))).size
        (6, 4)

    Source: Keras API, utils/array_to_img.
    """
    layout = config.standardize_data_format(data_format)
    array = np.asarray(x.detach().cpu() if isinstance(x, torch.Tensor) else x, dtype=dtype or config.floatx())
    if array.ndim != 3:
        raise ValueError(
            "Expected image array to have rank 3 (single image): (height, width, channels). "
            f"Got array with shape: {array.shape}"
        )
    if layout == "channels_first":
        array = array.transpose(1, 2, 0)
    channels = array.shape[2]
    if channels not in (1, 3, 4):
        raise ValueError(
            f"Unsupported channel number: {channels}. Pass 1, 3 or 4 channels, or another `data_format` than {layout}."
        )
    if scale:
        array = array - array.min()
        highest = array.max()
        array = array / (highest if highest else 1) * 255
    if channels == 1:
        wide = array.max() > 255
        return pillow().fromarray(array[:, :, 0].astype("int32" if wide else "uint8"))
    return pillow().fromarray(array.astype("int64").astype("uint8"))


def img_to_array(img: Any, data_format: str | None = None, dtype: Any = None) -> np.ndarray:
    """Return a Pillow image as an array of shape ``(height, width, channels)``, or as ``data_format`` says.

    Args:
        img: Pillow image, or an array of two or three axes.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.
        dtype: Dtype of the result; None for ``floatx``.

    Raises:
        ValueError: another number of axes, or an unknown ``data_format``.

    Example:
        >>> img_to_array(array_to_img(np.zeros((4, 6, 3)))).shape
        (4, 6, 3)

    Source: Keras API, utils/img_to_array.
    """
    layout = config.standardize_data_format(data_format)
    array = np.array(img, dtype=dtype or config.floatx())
    if array.ndim == 3:
        return array.transpose(2, 0, 1) if layout == "channels_first" else array
    if array.ndim == 2:
        return array[None] if layout == "channels_first" else array[:, :, None]
    raise ValueError(f"Unsupported image shape: {array.shape}. Pass an image of two or three axes.")
