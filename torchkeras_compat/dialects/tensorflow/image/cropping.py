"""Images cut and padded."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F

from torchkeras_compat.dialects.tensorflow.calls import tensor_function
from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.image.batches import as_batch, at_least_images
from torchkeras_compat.dialects.tensorflow.operands import integer, operands, sizes, tensor


@tensor_function
def crop_to_bounding_box(
    image: Any, offset_height: Any, offset_width: Any, target_height: Any, target_width: Any
) -> torch.Tensor:
    """Return the part of images that begins at an offset and has a size.

    Raises:
        ValueError: it does not lie within the images.
    """
    x, restore = as_batch(image, "crop_to_bounding_box")
    return restore(cropped(x, *sizes([offset_height, offset_width, target_height, target_width], "offset_height")))


def cropped(x: torch.Tensor, top: int, left: int, height: int, width: int) -> torch.Tensor:
    """Return a part of a batch.

    Raises:
        ValueError: it does not lie within the images.
    """
    if top < 0 or left < 0 or height < 1 or width < 1 or top + height > x.shape[1] or left + width > x.shape[2]:
        raise ValueError(
            f"A part of {height} x {width} pixels at row {top}, column {left} does not lie within images of"
            f" {x.shape[1]} x {x.shape[2]}."
        )
    return x[:, top : top + height, left : left + width]


@tensor_function
def pad_to_bounding_box(
    image: Any, offset_height: Any, offset_width: Any, target_height: Any, target_width: Any
) -> torch.Tensor:
    """Return images of a size, zero but for the image at an offset.

    Raises:
        ValueError: the image does not fit.
    """
    x, restore = as_batch(image, "pad_to_bounding_box")
    return restore(padded(x, *sizes([offset_height, offset_width, target_height, target_width], "offset_height")))


def padded(x: torch.Tensor, top: int, left: int, height: int, width: int) -> torch.Tensor:
    """Return a batch with zeros around it.

    Raises:
        ValueError: it does not fit.
    """
    bottom, right = height - top - x.shape[1], width - left - x.shape[2]
    if min(top, left, bottom, right) < 0:
        raise ValueError(
            f"Images of {x.shape[1]} x {x.shape[2]} pixels at row {top}, column {left} do not fit {height} x {width}."
        )
    return F.pad(x, (0, 0, left, right, top, bottom))


@tensor_function
def resize_with_crop_or_pad(image: Any, target_height: Any, target_width: Any) -> torch.Tensor:
    """Return the middle of images in a size, with zeros around where they are smaller.

    Raises:
        ValueError: a size is not positive.
    """
    x, restore = as_batch(image, "resize_with_crop_or_pad")
    height, width = sizes([target_height, target_width], "target_height")
    if height < 1 or width < 1:
        raise ValueError(f"target sizes must be > 0. Received: {height} x {width}")
    rows, columns = x.shape[1:3]
    inner = cropped(x, max(rows - height, 0) // 2, max(columns - width, 0) // 2, min(rows, height), min(columns, width))
    return restore(padded(inner, max(height - rows, 0) // 2, max(width - columns, 0) // 2, height, width))


@tensor_function
def central_crop(image: Any, central_fraction: Any) -> torch.Tensor:
    """Return the middle of images, a fraction of their height and width.

    Raises:
        ValueError: the fraction does not lie in ``(0, 1]``.
    """
    x, restore = as_batch(image, "central_crop")
    fraction = float(central_fraction)
    if not 0 < fraction <= 1:
        raise ValueError(f"central_fraction must be within (0, 1]. Received: {central_fraction}")
    if fraction == 1:
        return restore(x)
    rows, columns = x.shape[1:3]
    top, left = int((rows - rows * fraction) / 2), int((columns - columns * fraction) / 2)
    return restore(cropped(x, top, left, rows - 2 * top, columns - 2 * left))


@tensor_function(old={"box_ind": "box_indices"})
def crop_and_resize(
    image: Any,
    boxes: Any,
    box_indices: Any,
    crop_size: Any,
    method: str = "bilinear",
    extrapolation_value: Any = 0.0,
    name: str | None = None,
) -> torch.Tensor:
    """Return boxes of images, each resized to one size, as float32.

    Args:
        image: ``(batch, height, width, channels)``.
        boxes: ``(boxes, 4)``: top, left, bottom and right in fractions of the image, also outside it or in reverse.
        box_indices: ``(boxes,)``: the image of each box.
        crop_size: Height and width.
        method: ``"bilinear"`` or ``"nearest"``.
        extrapolation_value: What stands outside the image.
        name: Not used.

    Returns:
        ``(boxes, height, width, channels)``.

    Raises:
        InvalidArgumentError: shapes are not as above, or an image does not exist.
        ValueError: the method is unknown.
    """
    x = tensor(image).to(torch.float32)
    places = tensor(boxes).to(torch.float32)
    which = tensor(box_indices).to(torch.int64)
    height, width = sizes(crop_size, "crop_size")
    if method not in ("bilinear", "nearest"):
        raise ValueError(f"Argument `method` must be 'bilinear' or 'nearest'. Received: {method!r}")
    if x.ndim != 4 or places.ndim != 2 or places.shape[1] != 4 or tuple(which.shape) != (len(places),):
        raise InvalidArgumentError(
            f"Images {tuple(x.shape)}, boxes {tuple(places.shape)} and indices {tuple(which.shape)} do not fit."
        )
    if len(which) and which.device.type == "cpu" and not 0 <= int(which.min()) <= int(which.max()) < len(x):
        raise InvalidArgumentError(f"box_indices must lie in [0, {len(x)}).")
    rows = _samples(places[:, 0], places[:, 2], x.shape[1], height)
    columns = _samples(places[:, 1], places[:, 3], x.shape[2], width)
    inside = _within(rows, x.shape[1])[:, :, None] & _within(columns, x.shape[2])[:, None, :]
    fetch = _nearest if method == "nearest" else _between
    found = fetch(x, which, rows.clamp(0, x.shape[1] - 1), columns.clamp(0, x.shape[2] - 1))
    return torch.where(inside[..., None], found, operands(x, extrapolation_value)[1])


def _within(places: torch.Tensor, size: int) -> torch.Tensor:
    return (places >= 0) & (places <= size - 1)


def _samples(first: torch.Tensor, last: torch.Tensor, size: int, count: int) -> torch.Tensor:
    """``(boxes, count)``: the pixel rows or columns to look at."""
    if count == 1:
        return (0.5 * (first + last) * (size - 1))[:, None]
    steps = torch.arange(count, device=first.device, dtype=first.dtype)
    return first[:, None] * (size - 1) + steps * ((last - first) * (size - 1) / (count - 1))[:, None]


def _nearest(x: torch.Tensor, which: torch.Tensor, rows: torch.Tensor, columns: torch.Tensor) -> torch.Tensor:
    r, c = torch.floor(rows + 0.5).long(), torch.floor(columns + 0.5).long()
    return x[which[:, None, None], r[:, :, None], c[:, None, :]]


def _between(x: torch.Tensor, which: torch.Tensor, rows: torch.Tensor, columns: torch.Tensor) -> torch.Tensor:
    r0, c0 = torch.floor(rows).long(), torch.floor(columns).long()
    r1, c1 = torch.ceil(rows).long(), torch.ceil(columns).long()
    down, right = (rows - r0)[:, :, None, None], (columns - c0)[:, None, :, None]

    def at(r: torch.Tensor, c: torch.Tensor) -> torch.Tensor:
        return x[which[:, None, None], r[:, :, None], c[:, None, :]]

    top = at(r0, c0) * (1 - right) + at(r0, c1) * right
    bottom = at(r1, c0) * (1 - right) + at(r1, c1) * right
    return top * (1 - down) + bottom * down


@tensor_function
def flip_left_right(image: Any) -> torch.Tensor:
    """Return images mirrored from side to side.

    Raises:
        ValueError: there are neither three nor four axes.
    """
    x, restore = as_batch(image, "flip_left_right")
    return restore(x.flip(2))


@tensor_function
def flip_up_down(image: Any) -> torch.Tensor:
    """Return images upside down."""
    x, restore = as_batch(image, "flip_up_down")
    return restore(x.flip(1))


@tensor_function
def rot90(image: Any, k: Any = 1, name: str | None = None) -> torch.Tensor:
    """Return images turned counter-clockwise by ``k`` quarters."""
    x, restore = as_batch(image, "rot90")
    return restore(torch.rot90(x, integer(k, "k"), (1, 2)))


@tensor_function
def transpose(image: Any, name: str | None = None) -> torch.Tensor:
    """Return images with height and width exchanged."""
    x, restore = as_batch(image, "transpose")
    return restore(x.transpose(1, 2))


@tensor_function
def extract_patches(
    images: Any, sizes: Any, strides: Any, rates: Any, padding: str, name: str | None = None
) -> torch.Tensor:
    """Return windows of images, each as a vector.

    Args:
        images: ``(batch, height, width, channels)``.
        sizes: ``[1, rows, columns, 1]``: size of a window.
        strides: ``[1, rows, columns, 1]``: steps from window to window.
        rates: ``[1, rows, columns, 1]``: steps from pixel to pixel within a window.
        padding: ``"VALID"`` or ``"SAME"``.
        name: Not used.

    Returns:
        ``(batch, rows, columns, window rows * window columns * channels)``.

    Raises:
        ValueError: an argument is not as above.
    """
    x = at_least_images(images, "extract_patches")
    if x.ndim != 4:
        raise ValueError(f"`tf.image.extract_patches` takes a batch of images. Received shape {tuple(x.shape)}.")
    window, steps, rate = (_middle(v, n) for v, n in ((sizes, "sizes"), (strides, "strides"), (rates, "rates")))
    if padding.upper() not in ("SAME", "VALID"):
        raise ValueError(f"Argument `padding` must be 'SAME' or 'VALID'. Received: {padding!r}")
    if padding.upper() == "SAME":
        borders = []
        for axis in (1, 0):
            size, reach = x.shape[axis + 1], (window[axis] - 1) * rate[axis] + 1
            lack = max((-(-size // steps[axis]) - 1) * steps[axis] + reach - size, 0)
            borders += [lack // 2, lack - lack // 2]
        x = F.pad(x, (0, 0, *borders))
    parts = x
    for axis in (0, 1):
        reach = (window[axis] - 1) * rate[axis] + 1
        parts = parts.unfold(axis + 1, reach, steps[axis])[..., :: rate[axis]]
    parts = parts.permute(0, 1, 2, 4, 5, 3)  # batch, rows, columns, window rows, window columns, channels
    return parts.reshape(*parts.shape[:3], -1)


def _middle(values: Any, name: str) -> tuple[int, int]:
    found = [integer(v, name) for v in values]
    if len(found) != 4 or found[0] != 1 or found[3] != 1 or min(found) < 1:
        raise ValueError(f"Argument `{name}` has the form [1, rows, columns, 1]. Received: {found}")
    return found[1], found[2]


@tensor_function(old={"ksizes": "sizes"})
def extract_image_patches(
    images: Any,
    sizes: Any = None,
    strides: Any = None,
    rates: Any = None,
    padding: Any = None,
    name: str | None = None,
) -> torch.Tensor:
    """Return :func:`extract_patches`, whose ``sizes`` TensorFlow 1 calls ``ksizes``."""
    function: Any = extract_patches
    found: torch.Tensor = function.__wrapped__(images, sizes, strides, rates, padding)
    return found
