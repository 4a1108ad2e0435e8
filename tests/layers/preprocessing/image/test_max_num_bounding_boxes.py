"""`MaxNumBoundingBoxes` beside real Keras."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest
import torch

from tests.layers.preprocessing.image.against_keras import BOXES, IMAGES, LABELS
from torchkeras_compat import layers


@pytest.mark.parametrize("number", [1, 2, 4])
def test_boxes_are_those_of_keras(number: int, real_keras: ModuleType) -> None:
    def data() -> dict[str, object]:
        return {"images": IMAGES, "labels": np.arange(3), "bounding_boxes": {"boxes": BOXES, "labels": LABELS}}

    ours, theirs = (
        kind.MaxNumBoundingBoxes(number, bounding_box_format="xyxy")(data()) for kind in (layers, real_keras.layers)
    )
    torch.testing.assert_close(ours["bounding_boxes"]["boxes"], theirs["bounding_boxes"]["boxes"])
    assert ours["bounding_boxes"]["labels"].tolist() == theirs["bounding_boxes"]["labels"].tolist()
    np.testing.assert_array_equal(ours["images"].numpy(), IMAGES)
    single = {"images": IMAGES[0], "bounding_boxes": {"boxes": BOXES[0], "labels": LABELS[0]}}
    done = layers.MaxNumBoundingBoxes(number, bounding_box_format="xyxy")(single)
    assert done["bounding_boxes"]["boxes"].shape == (number, 4)


def test_configs_and_shapes() -> None:
    layer = layers.MaxNumBoundingBoxes(3, fill_value=-2, bounding_box_format="xywh")
    again = layers.deserialize(layers.serialize(layer))
    assert again.get_config() == layer.get_config() and again.fill_value == -2
    shape = {"images": (None, 8, 8, 3), "bounding_boxes": {"boxes": (None, None, 4), "labels": (None, None)}}
    assert layer.compute_output_shape(shape) == {
        "images": (None, 8, 8, 3),
        "bounding_boxes": {"boxes": (None, 3, 4), "labels": (None, 3)},
    }


def test_arguments_are_checked() -> None:
    with pytest.raises(ValueError, match="max_number=0"):
        layers.MaxNumBoundingBoxes(0)
    with pytest.raises(ValueError, match="fill_value='a'"):
        layers.MaxNumBoundingBoxes(1, fill_value="a")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="'boxes' and 'labels'"):
        layers.MaxNumBoundingBoxes(1).transform_bounding_boxes([1], None)
