"""Deltas beside real Keras, and back again."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

from torchkeras_compat.utils.bounding_boxes import decode_deltas_to_boxes, encode_box_to_deltas

ANCHORS = torch.tensor([[0.0, 0, 4, 4], [1, 2, 5, 8]])
BOXES = torch.tensor([[1.0, 2, 5, 8], [0, 0, 4, 4]])
CASES: list[dict[str, Any]] = [
    {},
    {"variance": [0.1, 0.1, 0.2, 0.2]},
    {"image_shape": (10, 20, 3)},
]


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", ["center_yxhw", "center_xywh"])
def test_deltas_are_those_of_keras(real_keras: ModuleType, case: dict[str, Any], name: str) -> None:
    theirs = real_keras.utils.bounding_boxes
    formats = ("rel_xyxy", "rel_yxyx") if "image_shape" in case else ("xyxy", "xywh")
    for boxes in (BOXES, BOXES[None], torch.stack([BOXES, BOXES + 1])):
        got = encode_box_to_deltas(ANCHORS, boxes, *formats, encoding_format=name, **case)
        expected = theirs.encode_box_to_deltas(ANCHORS, boxes, *formats, encoding_format=name, **case)
        torch.testing.assert_close(got, expected)
        back = decode_deltas_to_boxes(ANCHORS, got, *formats, encoded_format=name, **case)
        torch.testing.assert_close(back, boxes, rtol=1e-5, atol=1e-5)
        expected = theirs.decode_deltas_to_boxes(ANCHORS, got, *formats, encoded_format=name, **case)
        torch.testing.assert_close(back, expected)


def test_levels_of_anchors() -> None:
    anchors = {"1": ANCHORS.numpy(), "2": ANCHORS.numpy() * 2}
    deltas = {key: np.zeros((3, 2, 4), "float32") for key in anchors}
    done = decode_deltas_to_boxes(anchors, deltas, "xyxy", "xyxy")
    torch.testing.assert_close(done["2"], (ANCHORS * 2).expand(3, 2, 4))
    with pytest.raises(ValueError, match="same keys"):
        decode_deltas_to_boxes(anchors, {"1": deltas["1"]}, "xyxy", "xyxy")
    with pytest.raises(ValueError, match="must both be tensors"):
        decode_deltas_to_boxes(anchors, deltas["1"], "xyxy", "xyxy")


def test_arguments_are_checked() -> None:
    with pytest.raises(ValueError, match="encoding_format='xyxy'"):
        encode_box_to_deltas(ANCHORS, BOXES, "xyxy", "xyxy", encoding_format="xyxy")
    with pytest.raises(ValueError, match="encoded_format='xyxy'"):
        decode_deltas_to_boxes(ANCHORS, BOXES, "xyxy", "xyxy", encoded_format="xyxy")
    with pytest.raises(ValueError, match=r"length 4. Received: shape \(2,\)"):
        encode_box_to_deltas(ANCHORS, BOXES, "xyxy", "xyxy", variance=[1, 2])
    with pytest.raises(ValueError, match="must receive `height` and `width`"):
        encode_box_to_deltas(ANCHORS, BOXES, "rel_xyxy", "xyxy")
    with pytest.raises(ValueError, match=r"image_shape=\(3,\)"):
        encode_box_to_deltas(ANCHORS, BOXES, "rel_xyxy", "xyxy", image_shape=(3,))
