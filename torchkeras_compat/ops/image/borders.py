"""Images cropped and padded."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.config import standardize_data_format
from torchkeras_compat.dtypes.names import standardize_dtype
from torchkeras_compat.ops.image.layout import channels_first, check_rank
from torchkeras_compat.ops.padding import pad_spatial
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.operation import operation

_Edges = tuple[int, int]
_PADDED_ROWS = ("top_padding", "bottom_padding", "target_height")
_PADDED_COLUMNS = ("left_padding", "right_padding", "target_width")
_CROPPED_ROWS = ("top_cropping", "bottom_cropping", "target_height")
_CROPPED_COLUMNS = ("left_cropping", "right_cropping", "target_width")


def _pad_spec(
    images: Any,
    top_padding: int | None = None,
    left_padding: int | None = None,
    bottom_padding: int | None = None,
    right_padding: int | None = None,
    target_height: int | None = None,
    target_width: int | None = None,
    data_format: str | None = None,
) -> KerasTensor:
    shape, height, width = _spatial_axes(images, data_format)
    for axis, names, values in (
        (height, _PADDED_ROWS, (top_padding, bottom_padding, target_height)),
        (width, _PADDED_COLUMNS, (left_padding, right_padding, target_width)),
    ):
        _check_two(names, values)
        size = shape[axis]
        if values[2] is not None:
            if size is not None:
                _padding(names, values, size)
            shape[axis] = values[2]
        elif size is not None:
            shape[axis] = size + sum(_padding(names, values, size))
    return KerasTensor(shape, standardize_dtype(images.dtype))


@operation(output_spec=_pad_spec)
def pad_images(
    images: Any,
    top_padding: int | None = None,
    left_padding: int | None = None,
    bottom_padding: int | None = None,
    right_padding: int | None = None,
    target_height: int | None = None,
    target_width: int | None = None,
    data_format: str | None = None,
) -> torch.Tensor:
    """Add zeros around images. Exactly two of the three arguments of each axis say how many.

    Args:
        images: One image or a batch.
        top_padding: Rows above.
        left_padding: Columns to the left.
        bottom_padding: Rows below.
        right_padding: Columns to the right.
        target_height: Rows of the result.
        target_width: Columns of the result.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.

    Raises:
        ValueError: the rank is neither 3 nor 4, an axis has other than two arguments, or something would be negative.

    Example:
        >>> pad_images(torch.ones(15, 25, 3), 2, 3, target_height=20, target_width=30).shape
        torch.Size([20, 30, 3])
    """
    x, restore = channels_first(images, data_format)
    rows = _padding(_PADDED_ROWS, (top_padding, bottom_padding, target_height), x.shape[2])
    columns = _padding(_PADDED_COLUMNS, (left_padding, right_padding, target_width), x.shape[3])
    return restore(pad_spatial(x, [rows, columns]))


def _crop_spec(
    images: Any,
    top_cropping: int | None = None,
    left_cropping: int | None = None,
    bottom_cropping: int | None = None,
    right_cropping: int | None = None,
    target_height: int | None = None,
    target_width: int | None = None,
    data_format: str | None = None,
) -> KerasTensor:
    shape, height, width = _spatial_axes(images, data_format)
    for axis, what, names, values in (
        (height, "height", _CROPPED_ROWS, (top_cropping, bottom_cropping, target_height)),
        (width, "width", _CROPPED_COLUMNS, (left_cropping, right_cropping, target_width)),
    ):
        _check_two(names, values)
        size = shape[axis]
        if size is None and values[2] is None:
            raise ValueError(f"When the {what} of the images is unknown, `{names[2]}` must be given.")
        shape[axis] = values[2] if size is None else _cropping(names, values, size)[1]
    return KerasTensor(shape, standardize_dtype(images.dtype))


@operation(output_spec=_crop_spec)
def crop_images(
    images: Any,
    top_cropping: int | None = None,
    left_cropping: int | None = None,
    bottom_cropping: int | None = None,
    right_cropping: int | None = None,
    target_height: int | None = None,
    target_width: int | None = None,
    data_format: str | None = None,
) -> torch.Tensor:
    """Cut rows and columns off images. Exactly two of the three arguments of each axis say how many.

    Args:
        images: One image or a batch.
        top_cropping: Rows cut above.
        left_cropping: Columns cut to the left.
        bottom_cropping: Rows cut below.
        right_cropping: Columns cut to the right.
        target_height: Rows of the result.
        target_width: Columns of the result.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.

    Raises:
        ValueError: the rank is neither 3 nor 4, an axis has other than two arguments, or something would be negative.

    Example:
        >>> crop_images(torch.ones(15, 25, 3), 2, 3, target_height=10, target_width=20).shape
        torch.Size([10, 20, 3])
    """
    x, restore = channels_first(images, data_format)
    top, height = _cropping(_CROPPED_ROWS, (top_cropping, bottom_cropping, target_height), x.shape[2])
    left, width = _cropping(_CROPPED_COLUMNS, (left_cropping, right_cropping, target_width), x.shape[3])
    return restore(x[:, :, top : top + height, left : left + width])


def _spatial_axes(images: Any, data_format: str | None) -> tuple[list[int | None], int, int]:
    check_rank(images)
    last = standardize_data_format(data_format) == "channels_last"
    return list(images.shape), len(images.shape) - (3 if last else 2), len(images.shape) - (2 if last else 1)


def _check_two(names: tuple[str, ...], values: tuple[int | None, ...]) -> None:
    if sum(value is not None for value in values) != 2:
        received = ", ".join(f"{name}={value}" for name, value in zip(names, values))
        raise ValueError(f"Must specify exactly two of {', '.join(names)}. Received: {received}")
    for name, value in zip(names, values):
        if value is not None and value < 0:
            raise ValueError(f"{name} must be >= 0. Received: {name}={value}")


def _padding(names: tuple[str, ...], values: tuple[int | None, ...], size: int) -> _Edges:
    _check_two(names, values)
    before, after, target = values
    if before is None:
        before = target - size - after  # type: ignore[operator]
    if after is None:
        after = target - size - before  # type: ignore[operator]
    for name, value in zip(names, (before, after)):
        if value < 0:
            raise ValueError(
                f"{name} must be >= 0. Received: {name}={value} for images of size {size}, {names[2]}={target}"
            )
    return before, after


def _cropping(names: tuple[str, ...], values: tuple[int | None, ...], size: int) -> _Edges:
    """First index and size of what stays."""
    _check_two(names, values)
    before, after, target = values
    if target is None:
        target = size - before - after  # type: ignore[operator]
    elif before is None:
        before = size - target - after  # type: ignore[operator]
    elif after is None:
        after = size - target - before
    for name, value in zip(names, (before, after, target)):
        if value < 0:  # type: ignore[operator]
            raise ValueError(f"{name} must be >= 0. Received: {name}={value} for images of size {size}")
    return before, target  # type: ignore[return-value]
