"""`MixUp` beside real Keras, and what Keras leaves to the reader."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest
import torch

from tests.layers.preprocessing.image.against_keras import (
    BOXES,
    IMAGES,
    LABELS,
    MASKS,
    AgainstKeras,
    Case,
)
from torchkeras_compat import layers

DRAWN = {"mix_weight": torch.tensor([0.3, 0.6, 1.0]), "permutation_order": torch.tensor([1, 2, 0])}


class TestMixUp(AgainstKeras):
    layer = "MixUp"
    cases = [Case({"alpha": 0.2}), Case({"alpha": 2.0})]

    def test_masks_are_those_of_keras(self, case: Case, real_keras: ModuleType) -> None:
        one_hot = torch.nn.functional.one_hot(torch.tensor(MASKS[..., 0]))
        done = self.make(case).transform_segmentation_masks(one_hot, DRAWN)  # Keras's weights follow the channels
        torch.testing.assert_close(done, self.make(case).transform_images(one_hot, DRAWN))
        torch.testing.assert_close(done.sum(-1), torch.ones(3, 8, 10))

    def test_boxes_are_those_of_keras(self, case: Case, real_keras: ModuleType) -> None:
        ours, theirs = self.both(case, real_keras, bounding_box_format="xyxy")
        boxes = {"boxes": torch.tensor(BOXES), "labels": torch.tensor(LABELS)}
        expected, got = (layer.transform_bounding_boxes(dict(boxes), DRAWN) for layer in (theirs, ours))
        torch.testing.assert_close(got["boxes"], expected["boxes"])
        assert got["labels"].tolist() == [[1, 2, 3, 4], [3, 4, 5, 6], [5, 6, 1, 2]]  # Keras appends to the batch

    def test_labels_are_those_of_keras(self, case: Case, real_keras: ModuleType) -> None:
        ours, theirs = self.both(case, real_keras)
        for labels in (np.eye(3, dtype="float32"), np.arange(6).reshape(3, 2)):
            got, expected = (layer.transform_labels(torch.tensor(labels), DRAWN) for layer in (ours, theirs))
            torch.testing.assert_close(got, expected)
        torch.testing.assert_close(ours.transform_labels([0.0, 1.0, 2.0], DRAWN), torch.tensor([0.7, 1.4, 2.0]))

    def test_one_image_is_a_batch_of_one(self, case: Case) -> None:
        torch.testing.assert_close(self.make(case)(IMAGES[0]), torch.tensor(IMAGES[0]))

    def test_dictionaries_are_carried_along(self, case: Case) -> None:
        layer = self.make(case, bounding_box_format="xyxy")
        data = {
            "images": IMAGES,
            "labels": np.eye(3, dtype="float32"),
            "bounding_boxes": {"boxes": BOXES, "labels": LABELS},
            "segmentation_masks": MASKS,
            "other": "kept",
        }
        done = layer(data)
        assert done["images"].shape == IMAGES.shape and done["segmentation_masks"].shape == (3, 8, 10, 1)
        torch.testing.assert_close(done["labels"].sum(1), torch.ones(3))
        assert done["bounding_boxes"]["boxes"].shape == (3, 4, 4) and done["other"] == "kept"
        still = layer(data, training=False)
        assert still["segmentation_masks"].shape == (3, 8, 10, 1) and still["labels"].tolist() == np.eye(3).tolist()

    def test_weights_are_distributed_as_those_of_keras(self, case: Case, real_keras: ModuleType) -> None:
        ours, theirs = self.both(case, real_keras)
        one, other = (
            layer.get_random_transformation(torch.zeros(4000, 2, 2, 3))["mix_weight"] for layer in (ours, theirs)
        )
        assert abs(one.mean() - other.mean()) < 0.03 and abs(one.std() - other.std()) < 0.02

    def test_alpha_is_checked(self, case: Case) -> None:
        for wrong in (0, -1, "a", None, float("inf")):
            with pytest.raises(ValueError, match="alpha="):
                layers.MixUp(alpha=wrong)

    def test_labels_and_boxes_that_do_not_fit_are_refused(self) -> None:
        layer = layers.MixUp(bounding_box_format="xyxy")
        for key, value in (
            ("labels", np.eye(2)),
            ("labels", np.float32(1)),
            ("segmentation_masks", MASKS[:2]),
            ("bounding_boxes", {"boxes": BOXES[:2]}),
            ("bounding_boxes", {"boxes": BOXES, "labels": np.float32(1)}),
        ):
            with pytest.raises(ValueError, match="A batch of 3 images needs as many"):
                layer({"images": IMAGES, key: value}, training=True)
        for wrong in (None, BOXES, [1.0]):
            with pytest.raises(ValueError, match="must be a dictionary"):
                layer({"images": IMAGES, "bounding_boxes": wrong}, training=True)
