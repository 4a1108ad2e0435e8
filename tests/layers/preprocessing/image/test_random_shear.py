"""`RandomShear` beside real Keras."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest
import torch

from tests.layers.preprocessing.image.against_keras import AgainstKeras, Case
from torchkeras_compat import layers


class TestRandomShear(AgainstKeras):
    layer = "RandomShear"
    cases = [
        Case({"x_factor": 0.3, "y_factor": (0.1, 0.4)}, has_keras_boxes=False),
        Case({"x_factor": (0.2, 0.2), "fill_mode": "constant", "fill_value": 3.0}, has_keras_boxes=False),
        Case({"y_factor": 0.5, "fill_mode": "wrap", "interpolation": "nearest"}, has_keras_boxes=False),
        Case({"x_factor": 1.0, "y_factor": 0.9, "fill_mode": "nearest"}, has_keras_boxes=False),
    ]

    def test_configs_are_those_of_keras(self, case: Case, real_keras: ModuleType) -> None:
        ours, theirs = self.both(case, real_keras, name="it", seed=5)
        again = real_keras.layers.RandomShear.from_config(ours.get_config())  # not from Keras's own config
        assert again.x_factor == theirs.x_factor and again.y_factor == theirs.y_factor
        again = layers.RandomShear.from_config(theirs.get_config())
        assert again.get_config() == ours.get_config() and again.x_factor == ours.x_factor
        assert ours.get_config().keys() == theirs.get_config().keys()

    def test_boxes_lie_where_their_pixels_are(self) -> None:
        layer = layers.RandomShear(fill_mode="constant", interpolation="nearest", bounding_box_format="xyxy")
        for s, t in ((1.0, 0.0), (0.0, 1.0), (-0.5, 0.25)):
            drawn = {"shear_factor": torch.tensor([[s, t]]), "input_shape": (1, 40, 40, 1)}
            image = torch.zeros(1, 40, 40, 1)
            image[:, 18:24, 16:24] = 1
            rows, columns = np.nonzero(layer.transform_images(image, drawn)[0, :, :, 0].numpy())
            boxes = {"boxes": torch.tensor([[[16.0, 18.0, 24.0, 24.0]]]), "labels": torch.tensor([[1]])}
            done = layer.transform_bounding_boxes(boxes, drawn)["boxes"][0, 0].tolist()
            np.testing.assert_allclose(done, [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1], atol=1.5)

    def test_a_sheared_away_image_leaves_no_box(self) -> None:
        layer = layers.RandomShear(bounding_box_format="xyxy")
        drawn = {"shear_factor": torch.tensor([[1.0, 1.0]]), "input_shape": (1, 8, 8, 1)}
        boxes = {"boxes": torch.tensor([[[1.0, 2, 3, 4]]]), "labels": torch.tensor([[1]])}
        assert layer.transform_bounding_boxes(boxes, drawn)["boxes"].isfinite().all()

    def test_draws_have_both_signs(self) -> None:
        layer = layers.RandomShear((0.2, 0.4), (0.1, 0.3), seed=3)
        drawn = layer.get_random_transformation(torch.zeros(2000, 4, 4, 3))
        assert drawn is not None
        s, t = drawn["shear_factor"].unbind(-1)
        assert 0.2 <= s.abs().min() < 0.21 and 0.39 < s.abs().max() <= 0.4
        assert 0.1 <= t.abs().min() < 0.11 and 0.29 < t.abs().max() <= 0.3
        assert abs(s.sign().mean()) < 0.1 and torch.equal(s.sign(), t.sign())

    def test_factors_are_checked(self) -> None:
        for wrong in (2, -0.1, "a", None, (0.1,), (0, 2), float("nan"), True):
            with pytest.raises(ValueError, match="x_factor"):
                layers.RandomShear(x_factor=wrong)
            with pytest.raises(ValueError, match="y_factor"):
                layers.RandomShear(y_factor=wrong)
