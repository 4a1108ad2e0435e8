"""`CutMix` beside real Keras, and by its definition."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest
import torch

from tests.layers.preprocessing.image.against_keras import BOXES, IMAGES, LABELS, MASKS, AgainstKeras, Case
from torchkeras_compat import layers


class TestCutMix(AgainstKeras):
    layer = "CutMix"
    cases = [Case({"factor": 1.0}), Case({"factor": (0.2, 0.5)})]

    def test_labels_are_those_of_keras(self, case: Case, real_keras: ModuleType) -> None:
        ours, theirs = self.both(case, real_keras)
        drawn = self.drawn(theirs, IMAGES)
        labels = torch.eye(3)
        torch.testing.assert_close(ours.transform_labels(labels, drawn), theirs.transform_labels(labels, drawn))

    def test_boxes_are_those_of_keras(self, case: Case, real_keras: ModuleType) -> None:
        for layer in self.both(case, real_keras, bounding_box_format="xyxy"):
            with pytest.raises(NotImplementedError):
                layer.transform_bounding_boxes({"boxes": BOXES, "labels": LABELS}, None)
        with pytest.raises(NotImplementedError, match="Use MixUp"):
            self.make(case, bounding_box_format="xyxy")(
                {"images": IMAGES, "bounding_boxes": {"boxes": BOXES, "labels": LABELS}}
            )

    def test_one_image_is_a_batch_of_one(self, case: Case) -> None:
        torch.testing.assert_close(self.make(case)(IMAGES[0]), torch.tensor(IMAGES[0]))

    def test_dictionaries_are_carried_along(self, case: Case) -> None:
        data = {"images": IMAGES, "labels": np.eye(3), "segmentation_masks": MASKS, "other": "kept"}
        done = self.make(case)(data)
        torch.testing.assert_close(done["labels"].sum(1), torch.ones(3))
        assert done["segmentation_masks"].dtype is torch.int64 and done["other"] == "kept"
        still = self.make(case)(data, training=False)
        assert still["labels"].tolist() == np.eye(3).tolist()

    def test_labels_say_how_much_of_each_image_is_there(self, case: Case) -> None:
        numbers = torch.arange(6.0)
        images = numbers.reshape(6, 1, 1, 1).expand(6, 9, 7, 1)
        data = {"images": images, "labels": torch.eye(6), "segmentation_masks": images.long()}
        done = layers.CutMix(seed=4, **case.arguments)(data)
        found = torch.stack([(done["images"] == n).float().mean(dim=(1, 2, 3)) for n in numbers], dim=1)
        torch.testing.assert_close(done["labels"], found)
        assert torch.equal(done["segmentation_masks"].float(), done["images"])
        assert 0 < (found > 0).sum() - 6 <= 6  # some have two images

    def test_what_stays_is_distributed_as_that_of_keras(self, real_keras: ModuleType) -> None:
        for factor in ((1.0, 1.0), (0.5, 0.5), (0.2, 0.2)):
            one, other = (
                kind.CutMix(factor).get_random_transformation(torch.zeros(4000, 24, 24, 3))["mix_weight"]
                for kind in (layers, real_keras.layers)
            )
            assert one.shape == other.shape and one.isfinite().all()
            assert abs(one.mean() - other.mean()) < 0.03 and abs(one.std() - other.std()) < 0.02
        drawn = layers.CutMix(0).get_random_transformation(torch.zeros(4, 24, 24, 3))
        assert drawn is not None and (drawn["mix_weight"] - 0.5).abs().max() < 0.05

    def test_factors_are_checked(self) -> None:
        for wrong in (2, -1, "a", None, (-0.5, 0.5)):
            with pytest.raises(ValueError, match="factor="):
                layers.CutMix(wrong)
