"""Bounding boxes from one format to another, and clipped to an image."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.dtypes.names import to_torch_dtype
from torchkeras_compat.layers.preprocessing.image.boxes import FORMATS, clipped, corners, in_format
from torchkeras_compat.ops.conversion import convert_to_tensor


def format_named(name: Any) -> str:
    """Return the name of a format in lowercase.

    Raises:
        ValueError: there is no such format.
    """
    found = name.lower() if isinstance(name, str) else name
    if found not in FORMATS:
        raise ValueError(
            f"Invalid source or target format {name!r} of bounding boxes. Supported formats: {', '.join(FORMATS)}"
        )
    return str(found)


def is_relative(name: str) -> bool:
    """Return whether boxes of a format are fractions of the size of the image."""
    return name.startswith("rel_")


def four_numbers(boxes: Any, name: str = "boxes") -> torch.Tensor:
    """Return boxes as a tensor.

    Raises:
        ValueError: the last axis does not have 4 numbers.
    """
    x: torch.Tensor = convert_to_tensor(boxes)
    if x.ndim == 0 or x.shape[-1] != 4:
        raise ValueError(f"`{name}` must be a tensor with the last dimension of 4. Received: shape {tuple(x.shape)}")
    return x


def convert_format(
    boxes: Any,
    source: str,
    target: str,
    height: int | None = None,
    width: int | None = None,
    dtype: Any = "float32",
) -> Any:
    """Return boxes in another format.

    ========================  ==============================================
    format                    numbers
    ========================  ==============================================
    ``"xyxy"``                left, top, right, bottom
    ``"yxyx"``                top, left, bottom, right
    ``"xywh"``                left, top, width, height
    ``"center_xywh"``         middle (horizontal, vertical), width, height
    ``"center_yxhw"``         middle (vertical, horizontal), height, width
    ``"rel_"`` and one of     the same as fractions of the size of the image
    the first four
    ========================  ==============================================

    Args:
        boxes: ``(..., 4)``, or a dictionary with these under ``"boxes"``, whose other values stay as they are.
        source: The format of the boxes; upper case is as good as lowercase.
        target: The format of the result.
        height: Height of the image, needed where one of two different formats is relative.
        width: Width of the image, likewise.
        dtype: Floating point dtype of the result.

    Raises:
        ValueError: a format or the shape is not as above, or the size of the image is missing.

    Example:
        >>> convert_format([[10, 20, 30, 40]], "xyxy", "xywh")
        tensor([[10., 20., 20., 20.]])

    Source: Keras API, utils.bounding_boxes.convert_format.
    """
    before, after = format_named(source), format_named(target)
    if isinstance(boxes, dict):
        if "boxes" not in boxes:
            raise ValueError(f"A dictionary of bounding boxes needs the key 'boxes'. Received the keys: {list(boxes)}")
        return {**boxes, "boxes": convert_format(boxes["boxes"], source, target, height, width, dtype)}
    x = four_numbers(boxes)
    wanted = to_torch_dtype(dtype)
    if wanted is None or not wanted.is_floating_point:
        raise ValueError(f"`dtype` must be a floating point dtype. Received: dtype={dtype!r}")
    if before == after:
        return x.to(wanted)
    if (is_relative(before) or is_relative(after)) and (height is None or width is None):
        raise ValueError(
            "convert_format() must receive `height` and `width` of the image to go from or to a relative format. "
            f"Received: source={source!r}, target={target!r}, height={height}, width={width}"
        )
    x = x.to(torch.promote_types(wanted, torch.float32))
    rows, columns = (1, 1) if height is None or width is None else (height, width)
    return in_format(corners(x, before, rows, columns), after, rows, columns).to(wanted)


def clip_to_image_size(
    bounding_boxes: Any, height: int | None = None, width: int | None = None, bounding_box_format: str = "xyxy"
) -> dict[str, Any]:
    """Return boxes within the image; one of which nothing is left gets the label -1.

    Args:
        bounding_boxes: A dictionary of ``"boxes"``, ``(boxes, 4)`` or ``(batch, boxes, 4)``, and ``"labels"``,
            ``(boxes,)`` or ``(batch, boxes)``. Other values stay as they are.
        height: Height of the image; not needed for a relative format.
        width: Width of the image, likewise.
        bounding_box_format: Any format of :func:`convert_format`; Keras 3.15 knows ``"xyxy"`` and ``"rel_xyxy"`` here.

    Raises:
        ValueError: an argument is not as above.

    Example:
        >>> boxes = {"boxes": [[-10, -20, 150, 160], [130, 40, 140, 80]], "labels": [0, 1]}
        >>> clip_to_image_size(boxes, height=100, width=120)["labels"]
        tensor([ 0, -1], dtype=torch.int32)

    Source: Keras API, utils.bounding_boxes.clip_to_image_size.
    """
    if not isinstance(bounding_boxes, dict) or "boxes" not in bounding_boxes:
        received = list(bounding_boxes) if isinstance(bounding_boxes, dict) else type(bounding_boxes)
        raise ValueError(
            f"`bounding_boxes` must be a dictionary with the keys 'boxes' and 'labels'. Received: {received}"
        )
    name = format_named(bounding_box_format)
    if is_relative(name):
        height = width = 1  # fractions of the image
    if height is None or width is None:
        raise ValueError(f"`height` and `width` must be set if bounding_box_format={bounding_box_format!r}.")
    boxes = four_numbers(bounding_boxes["boxes"])
    done: dict[str, Any] = dict(bounding_boxes)
    labels = done.get("labels")
    labels = None if labels is None else convert_to_tensor(labels)
    within, labels = clipped(corners(boxes, name, height, width), labels, height, width)
    done["boxes"] = in_format(within, name, height, width).to(boxes.dtype)
    return done if labels is None else {**done, "labels": labels}
