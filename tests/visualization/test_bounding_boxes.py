"""Boxes on images: Keras, with the same OpenCV, is the oracle."""

from __future__ import annotations

import types
from typing import Any

import numpy as np
import pytest
import torch

from torchkeras_compat.visualization import draw_bounding_boxes

pytest.importorskip("cv2", reason="opencv-python-headless is not installed")

IMAGES = np.random.default_rng(0).integers(0, 255, (2, 60, 120, 3)).astype("float32")
BOXES = {
    "boxes": np.array([[[40, 10, 90, 25], [1.5, 40.2, 30, 55.6]], [[0, 0, 110, 58], [30, 30, 60, 50]]], "float32"),
    "labels": np.array([[0, 1], [1, -1]]),
}
SURE = {**BOXES, "confidences": np.array([[0.5, 0.25], [1, 0.0]])}
NAMES = {0: "cat", 1: "dog"}


@pytest.mark.parametrize(
    ("boxes", "options"),
    [
        (BOXES, {}),
        (SURE, {}),
        (BOXES, {"class_mapping": NAMES}),
        (BOXES, {"class_mapping": {0: "cat"}}),
        (SURE, {"class_mapping": NAMES, "color": (255, 0, 10)}),
        (SURE, {"class_mapping": NAMES, "line_thickness": 4, "text_thickness": 3, "font_scale": 0.5}),
        (SURE, {"class_mapping": NAMES, "font_scale": 2.0}),
    ],
)
def test_pixels_are_those_of_keras(real_keras: types.ModuleType, boxes: Any, options: dict[str, Any]) -> None:
    drawn = draw_bounding_boxes(IMAGES, boxes, "xyxy", **options)
    expected = real_keras.visualization.draw_bounding_boxes(IMAGES, boxes, "xyxy", **options)
    assert drawn.dtype == np.uint8
    np.testing.assert_array_equal(drawn, expected)


@pytest.mark.parametrize("form", ["yxyx", "xywh", "rel_xyxy"])
def test_formats_are_converted(real_keras: types.ModuleType, form: str) -> None:
    convert = real_keras.utils.bounding_boxes.convert_format
    boxes = np.asarray(convert(BOXES["boxes"], "xyxy", form, height=60, width=120))
    drawn = draw_bounding_boxes(IMAGES, {**BOXES, "boxes": boxes + 0.001}, form)
    np.testing.assert_array_equal(drawn, draw_bounding_boxes(IMAGES, BOXES, "xyxy"))


def test_images_stay_as_they_are_and_may_be_tensors_with_channels_first() -> None:
    images = torch.from_numpy(IMAGES).permute(0, 3, 1, 2)
    before = images.clone()
    drawn = draw_bounding_boxes(images, BOXES, "xyxy", data_format="channels_first")
    assert drawn.shape == (2, 3, 60, 120) and torch.equal(images, before)
    np.testing.assert_array_equal(np.moveaxis(drawn, 1, -1), draw_bounding_boxes(IMAGES, BOXES, "xyxy"))


def test_bad_input_is_refused() -> None:
    with pytest.raises(TypeError, match="dict"):
        draw_bounding_boxes(IMAGES, [1], "xyxy")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="'boxes' and 'labels'"):
        draw_bounding_boxes(IMAGES, {"boxes": BOXES["boxes"]}, "xyxy")
    with pytest.raises(ValueError, match=r"\(60, 120, 3\)"):
        draw_bounding_boxes(IMAGES[0], BOXES, "xyxy")
    with pytest.raises(ValueError, match=r"Boxes of 1 images .* shape \(2, 2, 4\)"):
        draw_bounding_boxes(IMAGES[:1], BOXES, "xyxy")
    with pytest.raises(ValueError, match=r"labels.*shape \(2,\)"):
        draw_bounding_boxes(IMAGES, {**BOXES, "labels": np.zeros(2)}, "xyxy")
    with pytest.raises(ValueError, match="color=300"):
        draw_bounding_boxes(IMAGES, BOXES, "xyxy", color=300)
    with pytest.raises(ValueError, match="zzz"):
        draw_bounding_boxes(IMAGES, BOXES, "zzz")
    with pytest.raises(ValueError, match=r"finite numbers. Received: \[nan"):
        draw_bounding_boxes(IMAGES, {**BOXES, "boxes": np.asarray(BOXES["boxes"]) * np.nan}, "xyxy")


def test_boxes_may_lie_far_outside() -> None:
    boxes = np.asarray(BOXES["boxes"], "float32")
    far = draw_bounding_boxes(IMAGES, {**BOXES, "boxes": boxes * 0 + [-1e30, -1e30, 1e30, 1e30]}, "xyxy")
    np.testing.assert_array_equal(far, IMAGES)


def test_without_opencv_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ImportError, match="pip install opencv-python-headless"):
        draw_bounding_boxes(IMAGES, BOXES, "xyxy")
