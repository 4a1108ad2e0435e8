"""How much boxes overlap: intersection over union, plain and complete."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat.utils.bounding_boxes.conversion import convert_format, format_named, four_numbers, is_relative

_EPSILON = 1e-7


def compute_iou(
    boxes1: Any,
    boxes2: Any,
    bounding_box_format: str,
    use_masking: bool = False,
    mask_val: float = -1,
    image_shape: Sequence[int] | None = None,
) -> torch.Tensor:
    """Return the intersection over union of each box with each: ``|A & B| / |A or B|``, 0 where both are empty.

    Args:
        boxes1: ``(n, 4)`` or ``(batch, n, 4)``.
        boxes2: ``(m, 4)`` or ``(batch, m, 4)``.
        bounding_box_format: Format of both.
        use_masking: Whether boxes of four negative numbers, which stand for none, get ``mask_val``.
        mask_val: That value.
        image_shape: ``(height, width, ...)`` of the image, needed for a relative format.

    Returns:
        ``(n, m)``, or ``(batch, n, m)`` if one of them has a batch.

    Raises:
        ValueError: a shape or the format is not as above, or ``image_shape`` is missing.

    Example:
        >>> compute_iou([[0, 0, 4, 4]], [[0, 0, 4, 2], [5, 5, 6, 6]], "xyxy")
        tensor([[0.5000, 0.0000]])

    Source: Keras API, utils.bounding_boxes.compute_iou.
    """
    one, other = four_numbers(boxes1, "boxes1"), four_numbers(boxes2, "boxes2")
    for name, x in (("boxes1", one), ("boxes2", other)):
        if x.ndim not in (2, 3):
            raise ValueError(
                f"compute_iou() expects `{name}` of the shape (boxes, 4) or (batch, boxes, 4). "
                f"Received: shape {tuple(x.shape)}"
            )
    first, second = (_corners(x, bounding_box_format, image_shape) for x in (one, other))
    first, second = first[..., :, None, :], second[..., None, :, :]
    both, either = _areas(first, second)
    iou = torch.where(either > 0, both / torch.where(either > 0, either, 1), 0.0)
    if use_masking:
        is_none = (one < 0).all(-1)[..., :, None] | (other < 0).all(-1)[..., None, :]
        iou = torch.where(is_none, mask_val, iou)
    return iou


def compute_ciou(
    boxes1: Any, boxes2: Any, bounding_box_format: str, image_shape: Sequence[int] | None = None
) -> torch.Tensor:
    """Return the complete intersection over union of boxes, one by one: ``IoU - d² / c² - a v``.

    ``d`` is the distance of the middles, ``c`` the diagonal of the smallest box around both, ``v`` the squared
    difference of ``atan(width / height)`` times ``4 / pi²``, and ``a = v / (1 - IoU + v)``.

    Args:
        boxes1: ``(..., 4)``.
        boxes2: ``(..., 4)``, of a shape that broadcasts to that of ``boxes1``.
        bounding_box_format: Format of both.
        image_shape: ``(height, width, ...)`` of the image, needed for a relative format.

    Raises:
        ValueError: a shape or the format is not as above, or ``image_shape`` is missing.

    Example:
        >>> compute_ciou([[0, 0, 4, 4]], [[0, 0, 4, 4]], "xyxy")
        tensor([1.])

    Source: Zheng et al. 2020, equations 8 to 11.
    """
    first, second = (
        _corners(four_numbers(x, name), bounding_box_format, image_shape)
        for name, x in (("boxes1", boxes1), ("boxes2", boxes2))
    )
    both, either = _areas(first, second)
    iou = both / (either + _EPSILON)
    start, end = torch.minimum(first[..., :2], second[..., :2]), torch.maximum(first[..., 2:], second[..., 2:])
    diagonal = (end - start).square().sum(-1) + _EPSILON
    middles = (first[..., :2] + first[..., 2:] - second[..., :2] - second[..., 2:]) / 2
    angles = [((x[..., 2] - x[..., 0]) / (x[..., 3] - x[..., 1] + _EPSILON)).atan() for x in (first, second)]
    difference = 4 / math.pi**2 * (angles[0] - angles[1]).square()
    weight = difference / (1 - iou + difference + _EPSILON)
    return iou - middles.square().sum(-1) / diagonal - weight * difference


def _corners(boxes: torch.Tensor, name: str, image_shape: Sequence[int] | None) -> torch.Tensor:
    known = format_named(name)
    height = width = None
    if is_relative(known):
        if image_shape is None or len(image_shape) < 2:
            raise ValueError(
                f"The boxes are in the relative format {name!r}: `image_shape` must be (height, width, channels). "
                f"Received: image_shape={image_shape}"
            )
        height, width = image_shape[0], image_shape[1]
    corners: torch.Tensor = convert_format(boxes, known, "xyxy", height=height, width=width)
    return corners


def _areas(first: torch.Tensor, second: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the areas of what two boxes have in common, and of what both cover."""
    sides = torch.minimum(first[..., 2:], second[..., 2:]) - torch.maximum(first[..., :2], second[..., :2])
    both = sides.clamp_min(0).prod(-1)
    whole = (first[..., 2:] - first[..., :2]).prod(-1) + (second[..., 2:] - second[..., :2]).prod(-1)
    return both, whole - both
