"""Boxes as differences from anchors, which is what detectors learn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.utils.bounding_boxes.conversion import convert_format

_CENTERED = ("center_xywh", "center_yxhw")


def encode_box_to_deltas(
    anchors: Any,
    boxes: Any,
    anchor_format: str,
    box_format: str,
    encoding_format: str = "center_yxhw",
    variance: Any = None,
    image_shape: Sequence[int] | None = None,
) -> torch.Tensor:
    """Return what takes anchors to boxes: shift of the middle in sizes of the anchor, and log of the ratio of sizes.

    Args:
        anchors: ``(anchors, 4)``.
        boxes: ``(anchors, 4)`` or ``(batch, anchors, 4)``.
        anchor_format: Format of the anchors.
        box_format: Format of the boxes.
        encoding_format: Order of the four numbers: ``"center_yxhw"`` or ``"center_xywh"``.
        variance: Four numbers that the result is divided by.
        image_shape: ``(height, width, ...)`` of the image, needed where a format is relative.

    Returns:
        A tensor of the shape of the boxes.

    Raises:
        ValueError: an argument is not as above.

    Example:
        >>> encode_box_to_deltas([[0.0, 0, 4, 4]], [[1.0, 2, 5, 6]], "xyxy", "xyxy")
        tensor([[0.5000, 0.2500, 0.0000, 0.0000]])

    Source: Girshick et al. 2014, appendix C.
    """
    _check_centered("encoding_format", encoding_format)
    factors = _four_factors(variance)
    height, width = _size(image_shape)
    one, other = (
        convert_format(x, name, encoding_format, height=height, width=width)
        for x, name in ((anchors, anchor_format), (boxes, box_format))
    )
    shift = (other[..., :2] - one[..., :2]) / one[..., 2:]
    deltas = torch.cat([shift, (other[..., 2:] / one[..., 2:]).log()], dim=-1)
    return deltas if factors is None else deltas / factors.to(deltas)


def decode_deltas_to_boxes(
    anchors: Any,
    boxes_delta: Any,
    anchor_format: str,
    box_format: str,
    encoded_format: str = "center_yxhw",
    variance: Any = None,
    image_shape: Sequence[int] | None = None,
) -> Any:
    """Return the boxes that anchors and deltas give: the inverse of :func:`encode_box_to_deltas`.

    Args:
        anchors: ``(anchors, 4)``, or a dictionary of these.
        boxes_delta: ``(anchors, 4)`` or ``(batch, anchors, 4)``, or a dictionary with the same keys as the anchors.
        anchor_format: Format of the anchors.
        box_format: Format of the result.
        encoded_format: Order of the numbers in the deltas: ``"center_yxhw"`` or ``"center_xywh"``.
        variance: Four numbers that the deltas are multiplied by.
        image_shape: ``(height, width, ...)`` of the image, needed where a format is relative.

    Returns:
        A tensor of the shape of the deltas, or a dictionary of these.

    Raises:
        ValueError: an argument is not as above.

    Example:
        >>> decode_deltas_to_boxes([[0.0, 0, 4, 4]], [[0.5, 0.25, 0.0, 0.0]], "xyxy", "xyxy")
        tensor([[1., 2., 5., 6.]])

    Source: Girshick et al. 2014, appendix C.
    """
    _check_centered("encoded_format", encoded_format)
    factors = _four_factors(variance)
    height, width = _size(image_shape)
    if isinstance(anchors, dict) or isinstance(boxes_delta, dict):
        if not (isinstance(anchors, dict) and isinstance(boxes_delta, dict)) or anchors.keys() != boxes_delta.keys():
            keys = [list(x) if isinstance(x, dict) else type(x) for x in (anchors, boxes_delta)]
            raise ValueError(
                "`anchors` and `boxes_delta` must both be tensors, or dictionaries with the same keys. "
                f"Received: anchors: {keys[0]}, boxes_delta: {keys[1]}"
            )
        more = (anchor_format, box_format, encoded_format, variance, image_shape)
        return {key: decode_deltas_to_boxes(x, boxes_delta[key], *more) for key, x in anchors.items()}
    one = convert_format(anchors, anchor_format, encoded_format, height=height, width=width)
    deltas = convert_format(boxes_delta, encoded_format, encoded_format)  # checked, and in float32
    deltas = deltas if factors is None else deltas * factors.to(deltas)
    middle = deltas[..., :2] * one[..., 2:] + one[..., :2]
    boxes = torch.cat([middle, deltas[..., 2:].exp() * one[..., 2:]], dim=-1)
    return convert_format(boxes, encoded_format, box_format, height=height, width=width)


def _check_centered(argument: str, name: Any) -> None:
    if name not in _CENTERED:
        raise ValueError(f"`{argument}` should be one of {_CENTERED}. Received: {argument}={name!r}")


def _four_factors(variance: Any) -> torch.Tensor | None:
    if variance is None:
        return None
    factors: torch.Tensor = convert_to_tensor(variance)
    if factors.shape[-1:] != (4,):
        raise ValueError(f"`variance` must be length 4. Received: shape {tuple(factors.shape)}")
    return factors


def _size(image_shape: Sequence[int] | None) -> tuple[int | None, int | None]:
    if image_shape is None:
        return None, None
    if len(image_shape) < 2:
        raise ValueError(f"`image_shape` must be (height, width, channels). Received: image_shape={image_shape}")
    return image_shape[0], image_shape[1]
