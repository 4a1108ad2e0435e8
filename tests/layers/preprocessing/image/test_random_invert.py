"""`RandomInvert` beside real Keras."""

from __future__ import annotations

import pytest
import torch

from tests.layers.preprocessing.image.against_keras import AgainstKeras, Case
from torchkeras_compat import layers


class TestRandomInvert(AgainstKeras):
    layer = "RandomInvert"
    cases = [
        Case({"factor": 0.5}),
        Case({"factor": (1.0, 1.0), "value_range": (0, 200)}),
    ]

    def test_the_probability_is_drawn_first(self) -> None:
        images = torch.zeros(4000, 2, 2, 3)
        for factor, wanted in (((0.2, 0.9), 0.55), (0.4, 0.2), ((0, 0), 0), ((1, 1), 1)):
            drawn = layers.RandomInvert(factor, seed=1).get_random_transformation(images)
            assert drawn is not None
            assert abs(drawn["apply_inversion"].float().mean() - wanted) < 0.04

    def test_arguments_are_checked(self) -> None:
        for wrong in (2, (-0.5, 0.5), "a", None):
            with pytest.raises(ValueError, match="factor"):
                layers.RandomInvert(wrong)
