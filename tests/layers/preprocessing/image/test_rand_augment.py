"""`RandAugment` beside real Keras and beside its parts."""

from __future__ import annotations

import copy
from types import ModuleType

import numpy as np
import pytest
import torch

from tests.layers.preprocessing.image.against_keras import BOXES, IMAGES, LABELS, MASKS, AgainstKeras, Case
from torchkeras_compat import layers
from torchkeras_compat.layers.preprocessing.image.augmenting_layer import OPERATIONS


@pytest.mark.filterwarnings("ignore:Tensor.T is deprecated")  # Keras's own
class TestRandAugment(AgainstKeras):
    layer = "RandAugment"
    cases = [Case({}), Case({"num_ops": 3, "factor": (0.1, 0.4), "interpolation": "nearest"}), Case({"num_ops": 0})]

    def test_images_are_those_of_keras(self, real_keras: ModuleType) -> None:
        ours, theirs = (kind.RandAugment(factor=0.3, num_ops=1) for kind in (layers, real_keras.layers))
        images = torch.tensor(IMAGES)
        drawn = theirs.get_random_transformation(images)
        for i, name in enumerate(OPERATIONS):
            if name == "equalization":
                continue  # compared image by image in its own tests
            # Keras's own loop on torch changes the brightness in place, whatever is chosen.
            expected = getattr(theirs, name).transform_images(images.clone(), copy.deepcopy(drawn["transforms"][name]))
            values = {**drawn, "layer_idxes": torch.tensor([i], dtype=torch.int32)}
            torch.testing.assert_close(ours.transform_images(images, values), expected, rtol=1e-5, atol=2e-3)

    def test_boxes_are_those_of_keras(self) -> None:
        layer = layers.RandAugment(bounding_box_format="xyxy")
        drawn = layer.get_random_transformation(IMAGES)
        assert drawn is not None
        drawn["layer_idxes"] = torch.tensor([2, 5, 1])
        drawn["transforms"] = {
            name: layer._operation(name).get_random_transformation(IMAGES)
            for name in (OPERATIONS[i] for i in (2, 5, 1))
        }
        boxes = {"boxes": torch.tensor(BOXES), "labels": torch.tensor(LABELS)}
        got = layer.transform_bounding_boxes(boxes, drawn)
        expected = layer.random_rotation.transform_bounding_boxes(boxes, drawn["transforms"]["random_rotation"])
        expected = layer.random_translation.transform_bounding_boxes(
            expected, drawn["transforms"]["random_translation"]
        )
        torch.testing.assert_close(got["boxes"], expected["boxes"])
        masks = layer.transform_segmentation_masks(MASKS, drawn)
        expected = layer.random_rotation.transform_segmentation_masks(MASKS, drawn["transforms"]["random_rotation"])
        expected = layer.random_translation.transform_segmentation_masks(
            expected, drawn["transforms"]["random_translation"]
        )
        assert masks.dtype is torch.int64 and torch.equal(masks, expected)

    def test_masks_are_those_of_keras(self, real_keras: ModuleType) -> None:
        ours, theirs = (kind.RandAugment(interpolation="nearest", num_ops=1) for kind in (layers, real_keras.layers))
        drawn = theirs.get_random_transformation(torch.tensor(IMAGES))
        for i in range(len(OPERATIONS)):
            values = {**drawn, "layer_idxes": torch.tensor([i], dtype=torch.int32)}
            expected = theirs.transform_segmentation_masks(torch.tensor(MASKS), copy.deepcopy(values))
            got = ours.transform_segmentation_masks(torch.tensor(MASKS), values)
            torch.testing.assert_close(got, torch.as_tensor(expected).long())

    def test_no_operation_leaves_the_images(self) -> None:
        np.testing.assert_array_equal(layers.RandAugment(num_ops=0)(IMAGES), IMAGES)
        np.testing.assert_array_equal(layers.RandAugment()(IMAGES, training=False), IMAGES)

    def test_arguments_are_checked(self) -> None:
        for wrong in (-1, 1.5, "a", None, True):
            with pytest.raises(ValueError, match="num_ops="):
                layers.RandAugment(num_ops=wrong)  # type: ignore[arg-type]
        with pytest.raises(ValueError, match="factor="):
            layers.RandAugment(factor=2)
        with pytest.raises(NotImplementedError, match="'bicubic'"):
            layers.RandAugment(interpolation="bicubic")
