"""`RandomCrop` beside real Keras."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.layers.preprocessing.image.against_keras import IMAGES, AgainstKeras, Case
from torchkeras_compat import layers


class TestRandomCrop(AgainstKeras):
    layer = "RandomCrop"
    cases = [
        Case({"height": 4, "width": 5}, has_keras_boxes=False, size=(4, 5)),
        Case({"height": 8, "width": 10}, has_keras_boxes=False),
        Case({"height": 12, "width": 4}, has_keras_boxes=False, has_keras_windows=False, size=(12, 4)),
    ]

    def test_each_image_has_a_window_of_its_own(self) -> None:
        image = np.arange(80, dtype="float32").reshape(1, 8, 10, 1)
        images = np.repeat(image, 64, axis=0)
        layer = layers.RandomCrop(3, 4, seed=1)
        done = layer(images).numpy()
        first = done[:, 0, 0, 0].astype(int)
        rows, columns = first // 10, first % 10
        assert set(rows) == set(range(6)) and set(columns) == set(range(7))
        for i in range(64):
            np.testing.assert_array_equal(done[i], image[0, rows[i] : rows[i] + 3, columns[i] : columns[i] + 4])

    def test_inference_gives_the_middle(self) -> None:
        layer = layers.RandomCrop(4, 5)
        np.testing.assert_allclose(
            layer(IMAGES, training=False).numpy(), layers.Resizing(4, 5, crop_to_aspect_ratio=True)(IMAGES).numpy()
        )
        assert layer(IMAGES, training=False).shape == layer(IMAGES).shape

    def test_boxes_and_masks_follow_the_pixels(self) -> None:
        marked = np.zeros((16, 12, 12, 1), "float32")
        marked[:, 5:8, 4:9] = 1
        boxes = {"boxes": np.repeat([[[4.0, 5, 9, 8]]], 16, axis=0), "labels": np.ones((16, 1), "int64")}
        layer = layers.RandomCrop(8, 10, bounding_box_format="xyxy")
        done = layer({"images": marked, "segmentation_masks": marked.astype("int64"), "bounding_boxes": boxes})
        for image, mask, box in zip(done["images"], done["segmentation_masks"], done["bounding_boxes"]["boxes"]):
            rows, columns = np.nonzero(image[..., 0].numpy())
            found = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
            assert box[0].tolist() == found
            assert torch.equal(mask, image.long())
        with pytest.raises(ValueError, match="get_random_transformation"):
            layer.transform_bounding_boxes(boxes, (1, 2))
