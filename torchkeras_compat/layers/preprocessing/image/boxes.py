"""Bounding boxes: between formats, clipped to an image, and moved with its pixels."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.ops.conversion import convert_to_tensor

_CORNERS = {"xyxy": (0, 1, 2, 3), "yxyx": (1, 0, 3, 2)}  # where x0, y0, x1, y1 stand
_SIZES = ("xywh", "center_xywh", "center_yxhw")
FORMATS = (
    *_CORNERS,
    *_SIZES,
    *(f"rel_{name}" for name in ("xyxy", "yxyx", "xywh", "center_xywh")),
)


def check_format(name: Any) -> None:
    """Raise a ValueError unless ``name`` is a format of boxes."""
    if name not in FORMATS:
        raise ValueError(f"`bounding_box_format` must be one of {FORMATS}. Received: bounding_box_format={name!r}")


def corners(boxes: torch.Tensor, source: str, height: int, width: int) -> torch.Tensor:
    """Return boxes ``(..., 4)`` of a format as left, top, right and bottom in pixels."""
    x = boxes
    if source.startswith("rel_"):
        first_is_y = source in ("rel_yxyx",)
        scale = (height, width, height, width) if first_is_y else (width, height, width, height)
        x, source = x * x.new_tensor(scale), source.removeprefix("rel_")
    if source in _CORNERS:
        return x[..., list(_CORNERS[source])]
    if source == "center_yxhw":
        x = x[..., [1, 0, 3, 2]]
    place, size = x[..., :2], x[..., 2:]
    start = place if source == "xywh" else place - size / 2
    return torch.cat([start, start + size], dim=-1)


def in_format(boxes: torch.Tensor, target: str, height: int, width: int) -> torch.Tensor:
    """Return boxes given by corners in pixels, ``(..., 4)``, in a format: the inverse of :func:`corners`."""
    plain = target.removeprefix("rel_")
    x = boxes
    if plain in _CORNERS:
        x = x[..., list(_CORNERS[plain])]
    else:
        start, size = x[..., :2], x[..., 2:] - x[..., :2]
        x = torch.cat([start if plain == "xywh" else start + size / 2, size], dim=-1)
        if plain == "center_yxhw":
            x = x[..., [1, 0, 3, 2]]
    if target.startswith("rel_"):
        scale = (height, width, height, width) if plain == "yxyx" else (width, height, width, height)
        x = x / x.new_tensor(scale)
    return x


def clipped(
    boxes: torch.Tensor, labels: torch.Tensor | None, height: int, width: int
) -> tuple[torch.Tensor, torch.Tensor | None]:
    """Clip corners to an image; boxes of which nothing is left get the label -1."""
    limits = boxes.new_tensor([width, height, width, height])
    boxes = torch.minimum(boxes.clamp_min(0), limits)
    is_left = ((boxes[..., 2] - boxes[..., 0]) * (boxes[..., 3] - boxes[..., 1])) > 0
    if labels is not None and labels.numel() == is_left.numel():
        labels = torch.where(is_left.reshape(labels.shape), labels, -1)
    return boxes, labels


def moved(boxes: torch.Tensor, transform: torch.Tensor) -> torch.Tensor:
    """Return the boxes around corners that moved with the pixels of an image.

    Args:
        boxes: ``(batch, boxes, 4)`` or ``(boxes, 4)``: left, top, right, bottom.
        transform: ``(batch, 8)``, as ``affine_transform`` takes it: where each output pixel is read. The last two
            numbers, of a projection, are taken as 0.
    """
    a0, a1, a2, b0, b1, b2 = (per_box(value, boxes) for value in transform[..., :6].to(boxes).unbind(-1))
    x = torch.stack([boxes[..., i] for i in (0, 2, 2, 0)], dim=-1) - a2.unsqueeze(-1)
    y = torch.stack([boxes[..., i] for i in (1, 1, 3, 3)], dim=-1) - b2.unsqueeze(-1)
    a0, a1, b0, b1 = (value.unsqueeze(-1) for value in (a0, a1, b0, b1))
    determinant = a0 * b1 - a1 * b0
    moved_x, moved_y = (b1 * x - a1 * y) / determinant, (a0 * y - b0 * x) / determinant
    return torch.stack([moved_x.amin(-1), moved_y.amin(-1), moved_x.amax(-1), moved_y.amax(-1)], dim=-1)


def per_box(values: torch.Tensor, boxes: torch.Tensor) -> torch.Tensor:
    """Return one value for each image in a shape that broadcasts to the boxes of the images."""
    values = values.reshape(-1)
    return values.reshape(-1, 1) if boxes.ndim > 2 else values.reshape(-1)[:1]


def parts(bounding_boxes: Any) -> tuple[torch.Tensor, torch.Tensor | None]:
    """Return the boxes as floats, and the labels if there are any.

    Raises:
        ValueError: ``bounding_boxes`` is not a dictionary with ``"boxes"`` of a last axis of size 4.
    """
    if not isinstance(bounding_boxes, dict) or "boxes" not in bounding_boxes:
        received = list(bounding_boxes) if isinstance(bounding_boxes, dict) else type(bounding_boxes)
        raise ValueError(
            f"`bounding_boxes` must be a dictionary with the keys 'boxes' and 'labels'. Received: {received}"
        )
    boxes = convert_to_tensor(bounding_boxes["boxes"])
    if boxes.ndim not in (2, 3) or boxes.shape[-1] != 4:
        raise ValueError(
            "`bounding_boxes['boxes']` must have the shape (boxes, 4) or (batch, boxes, 4). "
            f"Received: shape {tuple(boxes.shape)}"
        )
    labels = bounding_boxes.get("labels")
    boxes = boxes if boxes.is_floating_point() else boxes.float()
    return boxes, None if labels is None else convert_to_tensor(labels)
