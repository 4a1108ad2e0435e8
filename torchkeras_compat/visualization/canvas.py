"""Images as arrays to draw on, and the optional libraries that draw."""

from __future__ import annotations

import importlib.util
from typing import Any

import numpy as np

from torchkeras_compat.config import standardize_data_format
from torchkeras_compat.ops.conversion import convert_to_numpy


def check_installed(module: str, package: str, user: str) -> None:
    """Make sure that an optional library is there.

    Args:
        module: Name of its module.
        package: Name under which pip installs it.
        user: What needs it.

    Raises:
        ImportError: it is not installed.
    """
    if importlib.util.find_spec(module) is None:
        raise ImportError(
            f"{user} needs the package `{package}`, which is not installed. Install it: pip install {package}"
        )


def as_images(images: Any, data_format: str | None) -> np.ndarray:
    """Return images as an array ``(batch, height, width, channels)``.

    Raises:
        ValueError: they are not a batch of images with 1, 3 or 4 channels, or the data format is unknown.
    """
    array = convert_to_numpy(images)
    if array.ndim != 4:
        raise ValueError(
            "`images` must be a batch of images, (batch, height, width, channels): one image is `images[None]`."
            f" Received: images.shape={array.shape}"
        )
    if standardize_data_format(data_format) == "channels_first":
        array = np.moveaxis(array, 1, -1)
    if array.shape[-1] not in (1, 3, 4):
        raise ValueError(
            f"Images have 1, 3 or 4 channels. Received {array.shape[-1]} of them, with data_format={data_format!r} and"
            f" images.shape={np.shape(images)}."
        )
    return array


def as_bytes(images: np.ndarray, value_range: tuple[float, float] = (0, 255)) -> np.ndarray:
    """Return images as uint8: ``value_range`` goes to 0 to 255, what lies outside to its ends.

    Raises:
        ValueError: the range is not two growing numbers.
    """
    if len(value_range) != 2 or not value_range[0] < value_range[1]:
        raise ValueError(f"`value_range` is the least and the greatest value. Received: value_range={value_range!r}")
    low, high = map(float, value_range)
    if (low, high) == (0, 255) and images.dtype == np.uint8:
        return images.copy()
    scaled = (
        images.astype("float32") if (low, high) == (0, 255) else (images.astype("float32") - low) * (255 / (high - low))
    )
    return np.clip(scaled, 0, 255).astype("uint8")


def as_color(color: Any, name: str) -> tuple[int, int, int]:
    """Return red, green and blue.

    Raises:
        ValueError: these are not three whole numbers from 0 to 255.
    """
    values = np.asarray(color)
    if values.shape != (3,) or values.dtype.kind not in "iu" or values.min() < 0 or values.max() > 255:
        raise ValueError(f"`{name}` is three ints from 0 to 255: red, green, blue. Received: {name}={color!r}")
    red, green, blue = values.tolist()
    return red, green, blue
