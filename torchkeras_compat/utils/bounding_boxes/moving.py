"""Bounding boxes moved as the pixels of an image are: turned, sheared, scaled, cropped, padded."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.layers.preprocessing.image.boxes import corners, in_format
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.utils.bounding_boxes.conversion import format_named, four_numbers, is_relative


def affine_transform(
    boxes: Any,
    angle: Any,
    translate_x: Any,
    translate_y: Any,
    scale: Any,
    shear_x: Any,
    shear_y: Any,
    height: int,
    width: int,
    center_x: float | None = None,
    center_y: float | None = None,
    bounding_box_format: str = "xyxy",
) -> torch.Tensor:
    """Return the boxes around corners that are shifted, then turned, sheared and scaled around a point.

    With ``c = cos(angle - shear_y) / cos(shear_y)`` and ``s = sin(angle - shear_y) / cos(shear_y)``, a point ``(x, y)``
    goes to ``scale ((s tan(shear_x) + cos(angle)) x + (c tan(shear_x) + sin(angle)) y, c y - s x)``. Every number may
    be one for all images, or one for each image of the batch, ``(batch,)``.

    Args:
        boxes: ``(boxes, 4)`` or ``(batch, boxes, 4)``.
        angle: In degrees, counter-clockwise.
        translate_x: Shift to the right, as a fraction of ``width - 1``.
        translate_y: Shift downwards, as a fraction of ``height - 1``.
        scale: Factor of the size.
        shear_x: Angle in degrees by which vertical lines lean.
        shear_y: Angle in degrees by which horizontal lines lean.
        height: Height of the image.
        width: Width of the image.
        center_x: The point that stays where it is, as a fraction of ``width - 1``; None for the middle.
        center_y: As a fraction of ``height - 1``, likewise.
        bounding_box_format: Format of the boxes and of the result; Keras 3.15 knows ``"xyxy"`` here.

    Returns:
        A floating point tensor of the shape of the boxes; nothing is clipped.

    Raises:
        ValueError: a shape or the format is not as above.

    Example:
        >>> affine_transform([[1.0, 2, 5, 8]], 0, 0.1, 0, 1, 0, 0, height=11, width=11)
        tensor([[2., 2., 6., 8.]])

    Source: Keras API, utils.bounding_boxes.affine_transform; the matrix is what Keras 3.15 computes.
    """
    name = format_named(bounding_box_format)
    given = four_numbers(boxes)
    if given.ndim not in (2, 3):
        raise ValueError(f"`boxes` must be (boxes, 4) or (batch, boxes, 4). Received: shape {tuple(given.shape)}")
    x = given if given.is_floating_point() else given.float()
    box = corners(x if x.ndim == 3 else x[None], name, height, width)
    values = {"angle": angle, "translate_x": translate_x, "translate_y": translate_y, "scale": scale}
    values |= {"shear_x": shear_x, "shear_y": shear_y}
    numbers = {k: _of_each(k, v, box) for k, v in values.items()}
    middle = [
        (size - 1) * (0.5 if center is None else center) for size, center in ((width, center_x), (height, center_y))
    ]
    points_x = torch.stack([box[..., i] for i in (0, 2, 2, 0)], dim=-1) - middle[0]
    points_y = torch.stack([box[..., i] for i in (1, 1, 3, 3)], dim=-1) - middle[1]
    points_x = points_x + numbers["translate_x"] * (width - 1)
    points_y = points_y + numbers["translate_y"] * (height - 1)
    matrix = _matrix(*(torch.deg2rad(numbers[k]) for k in ("angle", "shear_x", "shear_y")))
    xx, xy, yx, yy = (n * numbers["scale"] for n in matrix)
    points_x, points_y = xx * points_x + xy * points_y + middle[0], yx * points_x + yy * points_y + middle[1]
    done = torch.stack([points_x.amin(-1), points_y.amin(-1), points_x.amax(-1), points_y.amax(-1)], dim=-1)
    done = in_format(done, name, height, width)
    return done if given.ndim == 3 or done.shape[0] != 1 else done[0]


def _matrix(angle: torch.Tensor, lean_x: torch.Tensor, lean_y: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """Return the matrix of a rotation with shears, row by row."""
    cos, sin = (angle - lean_y).cos() / lean_y.cos(), (angle - lean_y).sin() / lean_y.cos()
    return sin * lean_x.tan() + angle.cos(), cos * lean_x.tan() + angle.sin(), -sin, cos


def _of_each(name: str, value: Any, boxes: torch.Tensor) -> torch.Tensor:
    """Return a number, or one for each image, in a shape that broadcasts to ``(batch, boxes, 4)``."""
    number = convert_to_tensor(value).to(boxes)
    if number.numel() not in (1, boxes.shape[0]) and boxes.shape[0] != 1:
        raise ValueError(
            f"`{name}` must be a number, or one for each of the {boxes.shape[0]} images. "
            f"Received: shape {tuple(number.shape)}"
        )
    return number.reshape(-1, 1, 1)


def crop(boxes: Any, top: Any, left: Any, height: Any, width: Any, bounding_box_format: str = "xyxy") -> torch.Tensor:
    """Return the boxes in a window of the image, clipped to it.

    Args:
        boxes: ``(boxes, 4)`` or ``(batch, boxes, 4)``.
        top: First row of the window.
        left: First column of the window.
        height: Height of the window.
        width: Width of the window.
        bounding_box_format: Format of the boxes and of the result, not a relative one; Keras 3.15 knows ``"xyxy"``.

    Raises:
        NotImplementedError: the format is relative: the size of the image is not known here.
        ValueError: a shape or the format is not as above.

    Example:
        >>> crop([[10, 20, 50, 60]], top=10, left=20, height=40, width=30)
        tensor([[ 0, 10, 30, 40]], dtype=torch.int32)

    Source: Keras API, utils.bounding_boxes.crop.
    """
    name = _absolute(bounding_box_format, "crop")
    x = four_numbers(boxes)
    box = corners(x, name, 1, 1)
    columns = (box[..., 0::2] - left).clamp(0, width)
    rows = (box[..., 1::2] - top).clamp(0, height)
    cut = torch.stack([columns[..., 0], rows[..., 0], columns[..., 1], rows[..., 1]], dim=-1)
    return in_format(cut, name, 1, 1).to(x.dtype)


def pad(
    boxes: Any, top: Any, left: Any, height: Any = None, width: Any = None, bounding_box_format: str = "xyxy"
) -> torch.Tensor:
    """Return the boxes in an image that got rows and columns before its first ones.

    Args:
        boxes: ``(boxes, 4)`` or ``(batch, boxes, 4)``.
        top: Number of rows above.
        left: Number of columns on the left.
        height: Height of the image; does not matter to absolute formats.
        width: Width of the image, likewise.
        bounding_box_format: Format of the boxes and of the result, not a relative one; Keras 3.15 knows ``"xyxy"``.

    Raises:
        NotImplementedError: the format is relative: the size of the padded image is not known here.
        ValueError: a shape or the format is not as above.

    Example:
        >>> pad([[10, 20, 50, 60]], top=1, left=2)
        tensor([[12, 21, 52, 61]], dtype=torch.int32)

    Source: Keras API, utils.bounding_boxes.pad.
    """
    name = _absolute(bounding_box_format, "pad")
    x = four_numbers(boxes)
    shifts = torch.stack([torch.as_tensor(n, device=x.device) for n in (left, top, left, top)], dim=-1)
    return in_format(corners(x, name, 1, 1) + shifts, name, 1, 1).to(x.dtype)


def _absolute(name: Any, function: str) -> str:
    known = format_named(name)
    if is_relative(known):
        raise NotImplementedError(
            f"{function}() moves boxes by pixels, and bounding_box_format={name!r} is relative. Convert them with "
            "`convert_format` before and after."
        )
    return known
