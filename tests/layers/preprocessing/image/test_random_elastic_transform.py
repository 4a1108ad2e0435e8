"""`RandomElasticTransform` beside real Keras: how far it moves pixels, and how smoothly."""

from __future__ import annotations

from types import ModuleType

import pytest
import torch

from tests.layers.preprocessing.image.against_keras import BOXES, IMAGES, LABELS, MASKS, AgainstKeras, Case
from torchkeras_compat import layers


def _moves(layer: type, strength: float, size: tuple[int, int]) -> torch.Tensor:
    """Columns by which pixels of a ramp move, for 30 images."""
    ramp = torch.arange(float(size[1])).expand(1, *size).unsqueeze(-1)
    drawn = {"apply_transform": torch.tensor([True]), "distortion_factor": torch.tensor(strength)}
    bend = layer(fill_mode="nearest").transform_images
    return torch.cat([bend(ramp.clone(), {**drawn, "seed": seed}) - ramp for seed in range(30)])[:, 8:-8, 8:-8, 0]


class TestRandomElasticTransform(AgainstKeras):
    layer = "RandomElasticTransform"
    cases = [
        Case({"factor": (1.0, 1.0), "scale": 0.5}),
        Case({"factor": 0.5, "scale": (0.2, 1.0), "interpolation": "nearest", "fill_mode": "mirror"}),
        Case({"fill_mode": "constant", "fill_value": 3.0, "value_range": (0, 100)}),
    ]

    def test_images_are_those_of_keras(self, real_keras: ModuleType) -> None:
        for strength, size in ((1.0, (40, 60)), (0.5, (64, 64)), (0.3, (48, 96))):
            one, other = (_moves(x.RandomElasticTransform, strength, size) for x in (layers, real_keras.layers))
            assert abs(one.std() / other.std() - 1) < 0.15
            for apart in (1, 2, 4):
                kept = [(x[:, :, apart:] * x[:, :, :-apart]).mean() / (x * x).mean() for x in (one, other)]
                assert abs(kept[0] - kept[1]) < 0.15

    def test_boxes_are_those_of_keras(self) -> None:
        layer = layers.RandomElasticTransform(bounding_box_format="xyxy")
        with pytest.raises(NotImplementedError, match="bounding boxes"):
            layer({"images": IMAGES, "bounding_boxes": {"boxes": BOXES, "labels": LABELS}})

    def test_masks_are_those_of_keras(self, case: Case) -> None:
        layer = self.make(case)
        drawn = layer.get_random_transformation(IMAGES)
        done = layer.transform_segmentation_masks(MASKS, drawn)
        assert done.dtype is torch.int64
        nearest = layers.RandomElasticTransform(
            interpolation="nearest", fill_mode=layer.fill_mode, fill_value=layer.fill_value
        )
        torch.testing.assert_close(done, nearest.transform_images(MASKS, drawn).long())

    def test_dictionaries_are_carried_along(self, case: Case) -> None:
        done = self.make(case)({"images": IMAGES, "segmentation_masks": MASKS, "labels": [0, 1, 2], "other": "kept"})
        assert done["images"].shape == IMAGES.shape and done["segmentation_masks"].shape == MASKS.shape
        assert done["labels"] == [0, 1, 2] and done["other"] == "kept"

    def test_images_are_bent_each_its_own_way(self) -> None:
        same = IMAGES[:1].repeat(4, axis=0)
        done = layers.RandomElasticTransform((1.0, 1.0), (0.5, 1.0), seed=1)(same)
        assert all((done[i] - done[j]).abs().max() > 1 for i in range(4) for j in range(i))
        for still in (layers.RandomElasticTransform(factor=0), layers.RandomElasticTransform(scale=0)):
            torch.testing.assert_close(still(IMAGES), torch.tensor(IMAGES))

    def test_arguments_are_checked(self) -> None:
        for wrong in (2, -1, "a", (0.1,), None):
            with pytest.raises(ValueError, match="factor="):
                layers.RandomElasticTransform(wrong)
            with pytest.raises(ValueError, match="scale="):
                layers.RandomElasticTransform(scale=wrong)
        with pytest.raises(NotImplementedError, match="'bad'"):
            layers.RandomElasticTransform(fill_mode="bad")
        with pytest.raises(ValueError, match="value_range"):
            layers.RandomElasticTransform(value_range=3)
