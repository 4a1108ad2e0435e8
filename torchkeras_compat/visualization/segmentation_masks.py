"""`draw_segmentation_masks`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from torchkeras_compat.config import standardize_data_format
from torchkeras_compat.ops.conversion import convert_to_numpy
from torchkeras_compat.visualization.canvas import as_bytes, as_color, as_images


def draw_segmentation_masks(
    images: Any,
    segmentation_masks: Any,
    num_classes: int | None = None,
    color_mapping: Mapping[int, Any] | None = None,
    alpha: float = 0.8,
    blend: bool = True,
    ignore_index: int = -1,
    data_format: str | None = None,
) -> np.ndarray:
    """Lay colors of classes over images: ``image * (1 - alpha) + color * alpha`` at each pixel of a class.

    Args:
        images: ``(batch, height, width, 3)``, values from 0 to 255.
        segmentation_masks: Integer class labels ``(batch, height, width)``, or with a last axis of size 1
            (``channels_first``: the second axis).
        num_classes: Number of classes; None for one more than the greatest label. Labels from there on are an error.
        color_mapping: Red, green and blue of each class that occurs and is not ignored; None for a palette.
        alpha: Opacity of the colors, from 0 to 1.
        blend: Whether the image shines through; False for the colors alone, on black.
        ignore_index: Class whose pixels are left as they are.
        data_format: ``"channels_last"`` or ``"channels_first"``; None for `config.image_data_format`.

    Returns:
        New uint8 images, in the shape of ``images``.

    Raises:
        ValueError: ``images`` is not a batch of images with 3 channels, masks do not fit them or hold labels outside
            of the classes, a class has no color, or ``alpha`` is not from 0 to 1.
        TypeError: the masks do not hold integers.

    Example:
        >>> images, masks = np.full((1, 1, 2, 3), 100), [[[0, 1]]]
        >>> draw_segmentation_masks(images, masks, color_mapping={1: (255, 0, 0)}, ignore_index=0)
        array([[[[100, 100, 100],
                 [224,  20,  20]]]], dtype=uint8)

    Source: Keras API, visualization/draw_segmentation_masks.
    """
    canvases = as_bytes(as_images(images, data_format))
    if canvases.shape[-1] != 3:
        raise ValueError(f"Masks are drawn on images of 3 channels. Received: images.shape={np.shape(images)}")
    if not 0 <= alpha <= 1:
        raise ValueError(f"`alpha` is a fraction in [0, 1]. Received: alpha={alpha}")
    is_first = standardize_data_format(data_format) == "channels_first"
    labels = _checked_labels(segmentation_masks, canvases.shape[:3], is_first)
    classes = int(labels.max(initial=0)) + 1 if num_classes is None else num_classes
    shown = labels != ignore_index
    present = np.unique(labels[shown])
    if present.size and not 0 <= present[0] <= present[-1] < classes:
        raise ValueError(
            f"Masks hold class labels from 0 to num_classes - 1 = {classes - 1}, and ignore_index={ignore_index}."
            f" Received labels from {present[0]} to {present[-1]}."
        )
    colors = np.zeros((classes, 3), "float32")
    for label in present.tolist():
        colors[label] = _color(label, color_mapping)
    drawn = colors[np.where(shown, labels, 0)]
    if blend:
        drawn = canvases * np.float32(1 - alpha) + drawn * np.float32(alpha)
        drawn = np.where(shown[..., None], drawn, canvases)
    else:
        drawn = np.where(shown[..., None], drawn, 0)
    found = drawn.astype("uint8")
    return np.moveaxis(found, -1, 1) if is_first else found


def _checked_labels(masks: Any, shape: tuple[int, ...], is_first: bool) -> np.ndarray:
    labels = convert_to_numpy(masks)
    if labels.dtype.kind not in "iu":
        raise TypeError(f"`segmentation_masks` holds integer class labels. Received: dtype {labels.dtype}")
    axis = 1 if is_first else -1
    if labels.ndim == 4 and labels.shape[axis] == 1:
        labels = labels.squeeze(axis)
    if labels.shape != shape:
        raise ValueError(f"Masks of these images have the shape {shape}. Received: shape {np.shape(masks)}")
    return labels.astype("int64")


def _color(label: int, color_mapping: Mapping[int, Any] | None) -> tuple[int, int, int]:
    if color_mapping is None:
        return label % 255, label * 127 % 255, label * 31 % 255  # Keras's palette
    if label not in color_mapping:
        raise ValueError(f"`color_mapping` has no color for class {label}. Received: {dict(color_mapping)}")
    return as_color(color_mapping[label], f"color_mapping[{label}]")
