"""`CenterCrop` beside real Keras."""

from __future__ import annotations

import numpy as np
import pytest

from tests.layers.preprocessing.image.against_keras import AgainstKeras, Case
from torchkeras_compat import layers


class TestCenterCrop(AgainstKeras):
    layer = "CenterCrop"
    is_random = False
    cases = [
        Case({"height": 4, "width": 4}, size=(4, 4)),
        Case({"height": 5, "width": 3}, size=(5, 3)),
        Case({"height": 12, "width": 6}, has_keras_boxes=False, has_keras_windows=False, size=(12, 6)),
    ]

    def test_boxes_of_resized_images_are_where_their_pixels_are(self) -> None:
        layer = layers.CenterCrop(12, 6, bounding_box_format="xyxy")
        boxes = {"boxes": np.array([[[1, 2, 4, 6], [0, 0, 2, 2]]], "float32"), "labels": np.array([[1, 2]])}
        done = layer.transform_bounding_boxes(boxes, {"input_shape": (1, 8, 10, 3)})
        # The window has the columns 3 to 6 and all rows, and is enlarged 1.5 times.
        assert done["boxes"][0, 0].tolist() == [0.0, 3.0, 1.5, 9.0]
        assert done["labels"].tolist() == [[1, -1]]

    def test_sizes_are_checked(self) -> None:
        with pytest.raises(ValueError, match="height=-1"):
            layers.CenterCrop(-1, 2)
        with pytest.raises(ValueError, match="width=2.5"):
            layers.CenterCrop(1, 2.5)  # type: ignore[arg-type]
