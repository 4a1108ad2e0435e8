"""`RandomColorJitter` beside its parts, which are compared with real Keras, and Keras's configs."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest
import torch

from tests.layers.preprocessing.image.against_keras import IMAGES, AgainstKeras, Case
from torchkeras_compat import layers


class TestRandomColorJitter(AgainstKeras):
    layer = "RandomColorJitter"
    cases = [
        Case({"brightness_factor": 0.1, "contrast_factor": 0.2, "saturation_factor": 0.3, "hue_factor": 0.4}),
        Case({"contrast_factor": (0.1, 0.4), "value_range": (0, 256)}),
    ]

    def test_images_are_those_of_keras(self, case: Case, real_keras: ModuleType) -> None:
        fixed = {"brightness_factor": (0.1, 0.1), "saturation_factor": (0.3, 0.3), "value_range": (0, 256)}
        ours, theirs = (kind.RandomColorJitter(**fixed) for kind in (layers, real_keras.layers))
        torch.testing.assert_close(ours(IMAGES), theirs(IMAGES), rtol=1e-5, atol=2e-3)

    def test_parts_follow_one_another(self, case: Case) -> None:
        layer = self.make(case)
        drawn = layer.get_random_transformation(torch.tensor(IMAGES))
        x = torch.tensor(IMAGES)
        for name, values in drawn.items():
            x = getattr(layer, f"random_{name}").transform_images(x, values)
        torch.testing.assert_close(layer.transform_images(IMAGES, drawn), x)
        assert not torch.equal(layer.transform_images(IMAGES), x)

    def test_draws_of_parts_are_independent(self) -> None:
        layer = layers.RandomColorJitter(brightness_factor=0.5, hue_factor=0.5, seed=1)
        drawn = layer.get_random_transformation(torch.zeros(2000, 2, 2, 3))
        assert drawn is not None
        values = np.stack([drawn["brightness"]["rgb_delta"].flatten(), drawn["hue"]["factor"].flatten()])
        assert abs(np.corrcoef(values)[0, 1]) < 0.1

    def test_arguments_are_checked(self) -> None:
        with pytest.raises(ValueError, match="factor=3"):
            layers.RandomColorJitter(brightness_factor=3)
        with pytest.raises(ValueError, match="value_range"):
            layers.RandomColorJitter(value_range=1)
