"""Layouts and padding modes of images, in the words of Keras 1 and of Keras 2."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat import config

_FORMATS = {"th": "channels_first", "tf": "channels_last", "default": None}


def checked_format(data_format: Any) -> str:
    """Return a layout by its name of Keras 2: ``"channels_last"`` or ``"channels_first"``.

    Args:
        data_format: A name of Keras 2 or 1 (``"tf"``, ``"th"``, ``"default"``); None for the configured one.

    Raises:
        ValueError: it is unknown.

    Example:
        >>> checked_format("th")
        'channels_first'
    """
    found = _FORMATS.get(data_format, data_format) if isinstance(data_format, str) else data_format
    found = config.image_data_format() if found is None else found
    if found not in ("channels_first", "channels_last"):
        raise ValueError(f"Unknown data_format: {data_format!r}. Use 'channels_last' or 'channels_first'.")
    return str(found)


def checked_padding(padding: Any, *more: str) -> str:
    """Return a padding mode, ``"same"`` or ``"valid"``, or one of ``more``.

    Raises:
        ValueError: it is another.

    Example:
        >>> checked_padding("same")
        'same'
    """
    known = ("same", "valid", *more)
    if padding not in known:
        raise ValueError(f"Invalid padding: {padding!r}. Use one of {', '.join(known)}.")
    return str(padding)


def spatial_axes(data_format: str, number: int) -> range:
    """Return the axes of the sizes of images.

    Example:
        >>> list(spatial_axes("channels_first", 2))
        [2, 3]
    """
    first = 2 if data_format == "channels_first" else 1
    return range(first, first + number)


def to_channels_first(x: torch.Tensor, data_format: str) -> torch.Tensor:
    """Return images as torch has them, the channels behind the batch axis.

    Example:
        >>> to_channels_first(torch.zeros(1, 4, 5, 3), "channels_last").shape
        torch.Size([1, 3, 4, 5])
    """
    return x if data_format == "channels_first" else x.movedim(-1, 1)


def from_channels_first(x: torch.Tensor, data_format: str) -> torch.Tensor:
    """Return images of torch in a layout.

    Example:
        >>> from_channels_first(torch.zeros(1, 3, 4, 5), "channels_last").shape
        torch.Size([1, 4, 5, 3])
    """
    return x if data_format == "channels_first" else x.movedim(1, -1)
