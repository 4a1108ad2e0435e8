"""Images and volumes enlarged."""

from __future__ import annotations

from typing import Any

import torch
from torch.nn import functional

from torchkeras_compat.legacy.backend.image_layouts import (
    checked_format,
    from_channels_first,
    spatial_axes,
    to_channels_first,
)
from torchkeras_compat.legacy.backend.operands import floats, tensor
from torchkeras_compat.symbolic.operation import operation


@operation
def resize_images(
    x: Any, height_factor: int, width_factor: int, data_format: Any, interpolation: str = "nearest"
) -> torch.Tensor:
    """Return images enlarged by whole factors.

    Args:
        x: Tensor of shape ``(batch, height, width, channels)``, or as ``data_format`` says.
        height_factor: Factor of the height, a positive int.
        width_factor: Factor of the width.
        data_format: ``"channels_last"`` or ``"channels_first"``, or Keras 1's names of them.
        interpolation: ``"nearest"`` or ``"bilinear"``, between the middles of the pixels, as tf.keras has it.

    Raises:
        ValueError: the layout or the interpolation is unknown.

    Example:
        >>> resize_images(torch.zeros(1, 2, 3, 1), 2, 3, "channels_last").shape
        torch.Size([1, 4, 9, 1])

    Source: tf.keras 2.15 API, backend.resize_images.
    """
    data_format = checked_format(data_format)
    values = tensor(x)
    if interpolation == "nearest":
        for axis, factor in zip(spatial_axes(data_format, 2), (height_factor, width_factor), strict=True):
            values = torch.repeat_interleave(values, int(factor), dim=axis)
        return values
    if interpolation != "bilinear":
        raise ValueError(f'interpolation should be one of "nearest" or "bilinear". Received: {interpolation!r}')
    images = to_channels_first(floats(values), data_format)
    size = [images.shape[2] * int(height_factor), images.shape[3] * int(width_factor)]
    result = functional.interpolate(images, size=size, mode="bilinear", align_corners=False)
    return from_channels_first(result, data_format)


@operation
def resize_images_from_corner(
    x: Any, height_factor: int, width_factor: int, data_format: Any, interpolation: str = "nearest"
) -> torch.Tensor:
    """Return images enlarged as Keras 2.3 does: bilinear values are those at ``place / factor``, counted from a corner.

    Args:
        x: Tensor of shape ``(batch, height, width, channels)``, or as ``data_format`` says.
        height_factor: Factor of the height, a positive int.
        width_factor: Factor of the width.
        data_format: As in :func:`resize_images`.
        interpolation: ``"nearest"`` or ``"bilinear"``.

    Raises:
        ValueError: the layout or the interpolation is unknown.

    Example:
        >>> row = torch.tensor([0.0, 2.0]).reshape(1, 1, 2, 1)
        >>> resize_images_from_corner(row, 1, 2, "channels_last", "bilinear").flatten()
        tensor([0., 1., 2., 2.])

    Source: Keras 2.3 API, backend.resize_images.
    """
    if interpolation != "bilinear":
        enlarged: torch.Tensor = resize_images(x, height_factor, width_factor, data_format, interpolation)
        return enlarged
    values = floats(x)
    for axis, factor in zip(spatial_axes(checked_format(data_format), 2), (height_factor, width_factor), strict=True):
        places = torch.arange(values.shape[axis] * int(factor), device=values.device) / int(factor)
        lower = places.floor().long()
        upper = (lower + 1).clamp(max=values.shape[axis] - 1)
        shape = [1] * values.dim()
        shape[axis] = -1
        share = (places - lower).to(values.dtype).reshape(shape)
        values = values.index_select(axis, lower) * (1 - share) + values.index_select(axis, upper) * share
    return values


@operation
def resize_volumes(x: Any, depth_factor: int, height_factor: int, width_factor: int, data_format: Any) -> torch.Tensor:
    """Return volumes enlarged by whole factors, each value repeated.

    Args:
        x: Tensor of shape ``(batch, depth, height, width, channels)``, or as ``data_format`` says.
        depth_factor: Factor of the depth, a positive int.
        height_factor: Factor of the height.
        width_factor: Factor of the width.
        data_format: As in :func:`resize_images`.

    Raises:
        ValueError: the layout is unknown.

    Example:
        >>> resize_volumes(torch.zeros(1, 2, 2, 2, 1), 1, 2, 3, "channels_last").shape
        torch.Size([1, 2, 4, 6, 1])
    """
    values = tensor(x)
    factors = (depth_factor, height_factor, width_factor)
    for axis, factor in zip(spatial_axes(checked_format(data_format), 3), factors, strict=True):
        values = torch.repeat_interleave(values, int(factor), dim=axis)
    return values
