"""Moved boxes beside real Keras."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest
import torch

from torchkeras_compat.utils import bounding_boxes

RNG = np.random.RandomState(0)
BOXES = np.array([[[1.0, 2, 5, 8], [0, 0, 4, 4], [3, 1, 9, 7]]] * 4, "float32")
NAMES = ("angle", "translate_x", "translate_y", "scale", "shear_x", "shear_y")


@pytest.mark.parametrize("center", [{}, {"center_x": 0.25, "center_y": 0.1}])
def test_affine_transforms_are_those_of_keras(real_keras: ModuleType, center: dict[str, float]) -> None:
    for reach in ({"angle": 40}, {"scale": 1}, {"shear_x": 30, "shear_y": 20}, dict.fromkeys(NAMES, 0.5), {"angle": 1}):
        values = {name: RNG.uniform(-1, 1, 4).astype("float32") * reach.get(name, 0) for name in NAMES}
        values["scale"] = values["scale"] + 1.5
        theirs = real_keras.utils.bounding_boxes.affine_transform(BOXES, **values, height=10, width=20, **center)
        got = bounding_boxes.affine_transform(BOXES, **values, height=10, width=20, **center)
        torch.testing.assert_close(got, torch.as_tensor(theirs), rtol=1e-4, atol=1e-4)


def test_numbers_move_boxes_of_one_image_in_every_format() -> None:
    plain = bounding_boxes.affine_transform(BOXES[0], 30, 0.1, 0.2, 1.5, 10, 20, 10, 20)
    assert plain.shape == (3, 4)
    for name in ("xywh", "rel_xyxy", "center_yxhw"):
        boxes = bounding_boxes.convert_format(BOXES[0], "xyxy", name, height=10, width=20)
        done = bounding_boxes.affine_transform(boxes, 30, 0.1, 0.2, 1.5, 10, 20, 10, 20, bounding_box_format=name)
        back = bounding_boxes.convert_format(done, name, "xyxy", height=10, width=20)
        torch.testing.assert_close(back, plain, rtol=1e-4, atol=1e-4)
    with pytest.raises(ValueError, match=r"`angle` must be a number.*shape \(3,\)"):
        bounding_boxes.affine_transform(BOXES, np.zeros(3), 0, 0, 1, 0, 0, 10, 20)
    with pytest.raises(ValueError, match="boxes, 4"):
        bounding_boxes.affine_transform(BOXES[0, 0], 0, 0, 0, 1, 0, 0, 10, 20)


@pytest.mark.parametrize("dtype", ["float32", "int64"])
def test_crop_and_pad_are_those_of_keras(real_keras: ModuleType, dtype: str) -> None:
    theirs = real_keras.utils.bounding_boxes
    for boxes in (BOXES.astype(dtype), BOXES[0].astype(dtype)):
        got = bounding_boxes.crop(boxes, 1, 2, 4, 3)
        torch.testing.assert_close(got, theirs.crop(boxes, 1, 2, 4, 3))
        got = bounding_boxes.pad(boxes, 1, 2, height=20, width=30)
        torch.testing.assert_close(got, theirs.pad(boxes, 1, 2, height=20, width=30))


def test_crop_and_pad_in_other_formats() -> None:
    boxes = bounding_boxes.convert_format(BOXES, "xyxy", "xywh")
    done = bounding_boxes.crop(boxes, 1, 2, 4, 3, "XYWH")
    back = bounding_boxes.convert_format(done, "xywh", "xyxy")
    torch.testing.assert_close(back, bounding_boxes.crop(BOXES, 1, 2, 4, 3))
    assert bounding_boxes.pad(boxes, 1, 2, bounding_box_format="xywh")[0, 0].tolist() == [3, 3, 4, 6]
    for function, arguments in ((bounding_boxes.crop, (1, 2, 3, 4)), (bounding_boxes.pad, (1, 2))):
        with pytest.raises(NotImplementedError, match="bounding_box_format='rel_xyxy' is relative"):
            function(boxes, *arguments, bounding_box_format="rel_xyxy")
