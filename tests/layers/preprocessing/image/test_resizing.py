"""`Resizing` beside real Keras."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.layers.preprocessing.image.against_keras import AgainstKeras, Case
from torchkeras_compat import layers


class TestResizing(AgainstKeras):
    layer = "Resizing"
    is_random = False
    gives_floats = False
    cases = [
        Case({"height": 4, "width": 5}, size=(4, 5)),
        Case({"height": 16, "width": 15, "interpolation": "nearest"}, size=(16, 15)),
        Case({"height": 4, "width": 3, "interpolation": "bicubic", "antialias": True}, size=(4, 3)),
        Case({"height": 9, "width": 3, "interpolation": "lanczos3"}, size=(9, 3)),
        Case({"height": 9, "width": 3, "interpolation": "lanczos5"}, size=(9, 3)),
        Case({"height": 6, "width": 6, "crop_to_aspect_ratio": True}, has_keras_boxes=False, size=(6, 6)),
        Case(
            {"height": 6, "width": 6, "pad_to_aspect_ratio": True, "fill_value": 7.0},
            has_keras_boxes=False,
            size=(6, 6),
        ),
    ]

    @pytest.mark.parametrize("more", [{}, {"crop_to_aspect_ratio": True}, {"pad_to_aspect_ratio": True}])
    @pytest.mark.parametrize("target", [(16, 20), (24, 24), (16, 40)])
    def test_boxes_are_where_their_pixels_are(self, more: dict[str, Any], target: tuple[int, int]) -> None:
        image = np.zeros((8, 10, 1), "float32")
        image[3:5, 4:7] = 1
        layer = layers.Resizing(*target, "nearest", **more, bounding_box_format="xyxy")
        done = layer(
            {"images": image, "bounding_boxes": {"boxes": np.array([[4.0, 3, 7, 5]]), "labels": np.array([1])}}
        )
        rows, columns = np.nonzero(done["images"][..., 0].numpy())
        found = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
        np.testing.assert_allclose(done["bounding_boxes"]["boxes"][0].numpy(), found, atol=0.6)

    def test_arguments_are_checked(self) -> None:
        with pytest.raises(ValueError, match="'area'"):
            layers.Resizing(2, 2, interpolation="area")
        with pytest.raises(ValueError, match="Only one of"):
            layers.Resizing(2, 2, crop_to_aspect_ratio=True, pad_to_aspect_ratio=True)
        with pytest.raises(ValueError, match="'reflect'"):
            layers.Resizing(2, 2, fill_mode="reflect")
        with pytest.raises(ValueError, match="fill_value='a'"):
            layers.Resizing(2, 2, fill_value="a")  # type: ignore[arg-type]
