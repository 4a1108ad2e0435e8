"""Height to width: what is cut off or filled in so that nothing is distorted."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from torchkeras_compat import config
from torchkeras_compat.ops.image.resizing import resize


def crop_box(height: int, width: int, to_height: int, to_width: int) -> tuple[int, int, int, int]:
    """Return ``(top, left, height, width)`` of the largest window around the center with other proportions.

    Example:
        >>> crop_box(340, 500, 200, 200)
        (0, 80, 340, 340)
    """
    rows = max(1, min(height, int(width * to_height / to_width)))
    columns = max(1, min(width, int(height * to_width / to_height)))
    return (height - rows) // 2, (width - columns) // 2, rows, columns


def padded_size(height: int, width: int, to_height: int, to_width: int) -> tuple[int, int, int, int]:
    """Return ``(top, left, height, width)``: where an image lies in the smallest frame of other proportions.

    Example:
        >>> padded_size(340, 500, 200, 200)
        (80, 0, 500, 500)
    """
    rows = max(height, int(width * to_height / to_width))
    columns = max(width, int(height * to_width / to_height))
    return (rows - height) // 2, (columns - width) // 2, rows, columns


def smart_resize(
    x: Any,
    size: tuple[int, int],
    interpolation: str = "bilinear",
    data_format: str = "channels_last",
    **kwargs: Any,
) -> Any:
    """Return images in another size, cut to its proportions around the center first, so that nothing is distorted.

    Args:
        x: Array or tensor of shape ``(height, width, channels)``, with a batch axis before or without.
        size: Height and width of the result.
        interpolation: ``"nearest"``, ``"bilinear"``, ``"bicubic"``, ``"lanczos3"`` or ``"lanczos5"``.
        data_format: ``"channels_last"`` or ``"channels_first"``.
        **kwargs: Nothing; Keras once took ``backend_module`` here.

    Returns:
        A tensor for a tensor, else an array.

    Raises:
        ValueError: another rank, a bad ``size``, an unknown ``interpolation`` or ``data_format``.
        TypeError: an unknown keyword.

    Example:
        >>> smart_resize(np.zeros((340, 500, 3)), (200, 200)).shape
        (200, 200, 3)

    Source: Keras API, preprocessing/image/smart_resize.
    """
    kwargs.pop("backend_module", None)
    if kwargs:
        raise TypeError(f"smart_resize() got unexpected keyword arguments: {sorted(kwargs)}")
    if len(size) != 2:
        raise ValueError(f"Expected `size` to be a tuple of 2 integers, but got: {size}.")
    layout = config.standardize_data_format(data_format)
    images = x if isinstance(x, torch.Tensor) else torch.from_numpy(np.array(x))
    if images.ndim not in (3, 4):
        raise ValueError(
            "Expected an image array with shape `(height, width, channels)`, or `(batch, height, width, channels)`, "
            f"but got input with incorrect rank, of shape {tuple(images.shape)}."
        )
    axis = images.ndim - 3 if layout == "channels_last" else images.ndim - 2
    top, left, rows, columns = crop_box(images.shape[axis], images.shape[axis + 1], *size)
    cropped = images.narrow(axis, top, rows).narrow(axis + 1, left, columns)
    resized = resize(cropped, size, interpolation=interpolation, data_format=layout)
    return resized if isinstance(x, torch.Tensor) else resized.cpu().numpy()
