"""Windows that are cut out of images: which, their pixels, and the boxes in them."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch

from torchkeras_compat.ops.image.resizing import resize


class Window(NamedTuple):
    """First row, first column, height and width."""

    top: int
    left: int
    height: int
    width: int


def window(size: tuple[int, int], target: tuple[int, int], is_largest: bool = False) -> Window:
    """Return the middle of an image: of the target's size, or where that is larger, the largest of its proportions.

    ``is_largest`` asks for the latter in any case.
    """
    (rows, columns), (height, width) = size, target
    if is_largest or rows < height or columns < width:
        # As ops.image.resize crops to an aspect ratio.
        height, width = min(rows, int(columns * height / width)) or 1, min(columns, int(rows * width / height)) or 1
    return Window((rows - height) // 2, (columns - width) // 2, height, width)


def in_window(
    x: torch.Tensor, place: Window, target: tuple[int, int], interpolation: str, data_format: str
) -> torch.Tensor:
    """Return the pixels of a window, resized to the target where it has another size."""
    rows, columns = slice(place.top, place.top + place.height), slice(place.left, place.left + place.width)
    x = x[..., rows, columns, :] if data_format == "channels_last" else x[..., rows, columns]
    if (place.height, place.width) == target:
        return x
    resized: torch.Tensor = resize(x, target, interpolation, data_format=data_format)
    return resized


def moved_into(boxes: torch.Tensor, place: Window, target: tuple[int, int]) -> torch.Tensor:
    """Return corners in pixels of the image as pixels of the resized window."""
    x, y = target[1] / place.width, target[0] / place.height
    start = boxes.new_tensor([place.left, place.top, place.left, place.top])
    return (boxes - start) * boxes.new_tensor([x, y, x, y])


def cropped_shape(shape: Any, height: int, width: int, data_format: str) -> Any:
    """Return the shape of images, or of a dictionary of them and what belongs to them, in another size."""
    if isinstance(shape, dict):
        images = ("images", "segmentation_masks")
        return {k: cropped_shape(v, height, width, data_format) if k in images else v for k, v in shape.items()}
    if data_format == "channels_last":
        return (*shape[:-3], height, width, shape[-1])
    return (*shape[:-2], height, width)
