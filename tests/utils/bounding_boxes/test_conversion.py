"""Formats of boxes beside real Keras, and what Keras refuses."""

from __future__ import annotations

import itertools
from types import ModuleType

import numpy as np
import pytest
import torch

from torchkeras_compat.layers.preprocessing.image.boxes import FORMATS
from torchkeras_compat.utils import bounding_boxes

BOXES = np.array([[1.0, 2, 5, 8], [0, 0, 4, 4], [3, 1, 9, 7]], "float32")


@pytest.mark.parametrize("source, target", list(itertools.product(FORMATS, FORMATS)))
def test_formats_are_those_of_keras(real_keras: ModuleType, source: str, target: str) -> None:
    theirs = real_keras.utils.bounding_boxes.convert_format
    got = bounding_boxes.convert_format(BOXES, source, target.upper(), height=10, width=20)
    torch.testing.assert_close(got, theirs(BOXES, source, target, height=10, width=20))
    back = bounding_boxes.convert_format(got, target, source, height=10, width=20)
    torch.testing.assert_close(back, torch.tensor(BOXES))


def test_dictionaries_and_dtypes() -> None:
    labels = np.array([1, 2, 3])
    done = bounding_boxes.convert_format({"boxes": BOXES, "labels": labels}, "xyxy", "xywh", dtype="float16")
    assert done["boxes"].dtype is torch.float16 and done["labels"] is labels
    assert bounding_boxes.convert_format(BOXES.astype("int64"), "xyxy", "xyxy").dtype is torch.float32
    assert bounding_boxes.convert_format(BOXES.tolist(), "xyxy", "yxyx")[0].tolist() == [2, 1, 8, 5]
    assert bounding_boxes.convert_format(np.zeros((0, 4)), "xyxy", "xywh").shape == (0, 4)


def test_what_is_not_a_box_is_refused() -> None:
    convert = bounding_boxes.convert_format
    with pytest.raises(ValueError, match="Invalid source or target format 'corners'"):
        convert(BOXES, "corners", "xyxy")
    with pytest.raises(ValueError, match="format None"):
        convert(BOXES, "xyxy", None)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"must receive `height` and `width`.*height=None, width=3"):
        convert(BOXES, "xyxy", "rel_xyxy", width=3)
    with pytest.raises(ValueError, match=r"last dimension of 4. Received: shape \(3, 3\)"):
        convert(BOXES[:, :3], "xyxy", "xywh")
    with pytest.raises(ValueError, match=r"\['labels'\]"):
        convert({"labels": [1]}, "xyxy", "xywh")
    with pytest.raises(ValueError, match="dtype='int32'"):
        convert(BOXES, "xyxy", "xywh", dtype="int32")


@pytest.mark.parametrize("name, scale", [("xyxy", 1.0), ("rel_xyxy", 0.3)])
def test_clipping_is_that_of_keras(real_keras: ModuleType, name: str, scale: float) -> None:
    boxes = np.concatenate([BOXES, [[10, 1, 12, 3], [1, 1, 1, 3], [-4, -4, 2, 2]]]).astype("float32") * scale
    size = {} if name.startswith("rel") else {"height": 4, "width": 6}
    for shape in ((6, 4), (1, 6, 4), (2, 3, 4)):
        data = {"boxes": boxes.reshape(shape), "labels": np.arange(6).reshape(shape[:-1])}
        got, expected = (
            kind.clip_to_image_size(dict(data), bounding_box_format=name, **size)
            for kind in (bounding_boxes, real_keras.utils.bounding_boxes)
        )
        torch.testing.assert_close(got["boxes"], expected["boxes"])
        assert got["labels"].tolist() == expected["labels"].tolist()


def test_clipping_knows_every_format() -> None:
    for name in FORMATS:
        boxes = bounding_boxes.convert_format(BOXES, "xyxy", name, height=4, width=6)
        done = bounding_boxes.clip_to_image_size({"boxes": boxes}, 4, 6, name)
        back = bounding_boxes.convert_format(done["boxes"], name, "xyxy", height=4, width=6)
        torch.testing.assert_close(back, torch.tensor([[1.0, 2, 5, 4], [0, 0, 4, 4], [3, 1, 6, 4]]))


def test_clipping_refuses_what_it_cannot_clip() -> None:
    with pytest.raises(ValueError, match="`height` and `width` must be set"):
        bounding_boxes.clip_to_image_size({"boxes": BOXES, "labels": [0, 1, 2]}, height=4)
    with pytest.raises(ValueError, match="must be a dictionary"):
        bounding_boxes.clip_to_image_size(BOXES, 4, 6)
