"""What the layers that move pixels have in common."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat import layers


@pytest.mark.parametrize(
    "layer",
    [
        layers.RandomTranslation((0.1, 0.2), (-0.2, -0.1), "constant", "nearest", bounding_box_format="xyxy"),
        layers.RandomZoom((-0.4, -0.2), (0.1, 0.2), "constant", "nearest", bounding_box_format="xyxy"),
        layers.RandomRotation((0.25, 0.25), "constant", "nearest", bounding_box_format="xyxy"),
    ],
    ids=lambda layer: layer.name,
)
def test_boxes_and_masks_go_where_the_pixels_go(layer: layers.Layer) -> None:
    images = np.zeros((4, 40, 40, 1), "float32")
    images[:, 12:24, 14:20] = 1
    boxes = {"boxes": np.repeat([[[14.0, 12, 20, 24]]], 4, axis=0), "labels": np.ones((4, 1), "int64")}
    done = layer({"images": images, "segmentation_masks": images.astype("int64"), "bounding_boxes": boxes})
    for image, mask, box in zip(done["images"], done["segmentation_masks"], done["bounding_boxes"]["boxes"]):
        rows, columns = np.nonzero(image[..., 0].numpy())
        found = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
        np.testing.assert_allclose(box[0].numpy(), found, atol=1.1)  # corners turn around the middle of a pixel
        assert torch.equal(mask, image.long())
