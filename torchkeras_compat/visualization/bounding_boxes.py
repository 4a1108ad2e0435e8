"""`draw_bounding_boxes`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from torchkeras_compat.config import standardize_data_format
from torchkeras_compat.ops.conversion import convert_to_numpy
from torchkeras_compat.utils.bounding_boxes.conversion import convert_format
from torchkeras_compat.visualization.canvas import as_bytes, as_color, as_images, check_installed

_FAR = 1 << 20  # pixels: further out nothing can be seen, and OpenCV takes no such numbers
# Where OpenCV's text stands beside the corner of its box, in pixels, as in Keras.
_LETTER_HEIGHT = 24  # at a font scale of 1
_ABOVE, _BELOW, _RIGHT = 8, 3, 3


def draw_bounding_boxes(
    images: Any,
    bounding_boxes: Mapping[str, Any],
    bounding_box_format: str,
    class_mapping: Mapping[int, str] | None = None,
    color: Any = (128, 128, 128),
    line_thickness: int = 2,
    text_thickness: int = 1,
    font_scale: float = 1.0,
    data_format: str | None = None,
) -> np.ndarray:
    """Draw bounding boxes, and the names of their classes, on copies of images, with OpenCV.

    Args:
        images: ``(batch, height, width, channels)``, values from 0 to 255; 1, 3 or 4 channels.
        bounding_boxes: ``"boxes"``, ``(batch, boxes, 4)``; ``"labels"``, integer class labels ``(batch, boxes)``, where
            -1 stands for no box; and maybe ``"confidences"``, ``(batch, boxes)``, written behind the names.
        bounding_box_format: That of the boxes; see `utils.bounding_boxes.convert_format`.
        class_mapping: Names of classes; None, or a class that is not in it, for boxes without text.
        color: Red, green and blue of lines and text, ints from 0 to 255.
        line_thickness: Thickness of the lines in pixels.
        text_thickness: Thickness of the strokes of the text in pixels.
        font_scale: Size of the text; 1 for letters of some 24 pixels.
        data_format: ``"channels_last"`` or ``"channels_first"``; None for `config.image_data_format`.

    Returns:
        New uint8 images, in the shape of ``images``.

    Raises:
        ValueError: ``images`` is not a batch of images, ``bounding_boxes`` lacks a key, boxes and labels do not fit the
            images, or the format, the data format or the color is unknown.
        TypeError: ``bounding_boxes`` is not a mapping.
        ImportError: the package ``opencv-python-headless``, or another OpenCV, is not installed.

    Example:
        >>> boxes = {"boxes": [[[2.0, 2.0, 8.0, 6.0]]], "labels": [[0]]}
        >>> drawn = draw_bounding_boxes(np.zeros((1, 10, 12, 3)), boxes, "xyxy", color=(255, 0, 0))
        >>> drawn.shape, drawn[0, 2, 2].tolist()
        ((1, 10, 12, 3), [255, 0, 0])

    Source: Keras API, visualization/draw_bounding_boxes.
    """
    if not isinstance(bounding_boxes, Mapping):
        raise TypeError(f"`bounding_boxes` is a dict. Received: {bounding_boxes!r} of type {type(bounding_boxes)}")
    if not {"boxes", "labels"} <= bounding_boxes.keys():
        raise ValueError(f"`bounding_boxes` has the keys 'boxes' and 'labels'. Received: {sorted(bounding_boxes)}")
    canvases = np.ascontiguousarray(as_bytes(as_images(images, data_format)))
    ink = as_color(color, "color")
    boxes, labels, confidences = _checked(bounding_boxes, bounding_box_format, canvases.shape)
    check_installed("cv2", "opencv-python-headless", "draw_bounding_boxes")
    import cv2  # optional

    for i, canvas in enumerate(canvases):
        for box, label, sure in zip(boxes[i].tolist(), labels[i].tolist(), confidences[i].tolist(), strict=True):
            if label == -1:
                continue
            left, top, right, bottom = (int(min(max(n, -_FAR), _FAR)) for n in box)
            cv2.rectangle(canvas, (left, top), (right, bottom), ink, line_thickness)
            if class_mapping is not None and int(label) in class_mapping:
                text = str(class_mapping[int(label)]) + ("" if np.isnan(sure) else f" | {sure:.2f}")
                place = _text_place(left, top, text_thickness, font_scale)
                font = cv2.FONT_HERSHEY_SIMPLEX
                cv2.putText(canvas, text, place, font, font_scale, ink, text_thickness, cv2.LINE_AA)
    return np.moveaxis(canvases, -1, 1) if standardize_data_format(data_format) == "channels_first" else canvases


def _checked(
    bounding_boxes: Mapping[str, Any], bounding_box_format: str, shape: tuple[int, ...]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return boxes as ``xyxy``, labels, and confidences, NaN where there are none."""
    boxes = convert_to_numpy(bounding_boxes["boxes"]).astype("float32")
    labels = convert_to_numpy(bounding_boxes["labels"])
    given = bounding_boxes.get("confidences")
    confidences = np.full(labels.shape, np.nan) if given is None else convert_to_numpy(given)
    if boxes.ndim != 3 or boxes.shape[0] != shape[0] or boxes.shape[-1] != 4:
        raise ValueError(f"Boxes of {shape[0]} images are ({shape[0]}, boxes, 4). Received: shape {boxes.shape}")
    for name, found in {"labels": labels, "confidences": confidences}.items():
        if found.shape != boxes.shape[:2]:
            raise ValueError(f"`{name}` has one number for each box, {boxes.shape[:2]}. Received: shape {found.shape}")
    if not np.isfinite(boxes).all():
        raise ValueError(f"The boxes have to be finite numbers. Received: {boxes[~np.isfinite(boxes)][:3]} among them")
    height, width = shape[1:3]
    corners = convert_format(boxes, bounding_box_format, "xyxy", height=height, width=width)
    return convert_to_numpy(corners), labels, confidences


def _text_place(left: int, top: int, thickness: int, scale: float) -> tuple[int, int]:
    """Return where the text begins: above the box, or inside where there is no room."""
    letters = int(_LETTER_HEIGHT * scale)
    if top - _ABOVE > letters:
        return left, top - _ABOVE
    return left + _RIGHT, top + letters + thickness + _BELOW
