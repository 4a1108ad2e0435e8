"""`Solarization` beside real Keras."""

from __future__ import annotations

import pytest
import torch

from tests.layers.preprocessing.image.against_keras import AgainstKeras, Case
from torchkeras_compat import layers


class TestSolarization(AgainstKeras):
    layer = "Solarization"
    cases = [
        Case({}),
        Case({"addition_factor": 0.3, "threshold_factor": 0.6}),
        Case({"addition_factor": 0.3, "threshold_factor": (0.2, 0.6), "value_range": [0, 256]}),
    ]

    def test_draws_fill_the_ranges(self) -> None:
        layer = layers.Solarization((0.2, 0.4), 0.1, seed=1)
        drawn = layer.get_random_transformation(torch.zeros(3000, 2, 2, 3))
        assert drawn is not None
        assert 51 <= drawn["additions"].min() < 52 and 101 < drawn["additions"].max() <= 102
        assert 0 <= drawn["thresholds"].min() < 1 and 25 < drawn["thresholds"].max() <= 25.5

    def test_arguments_are_checked(self) -> None:
        for wrong in (2, "a", None, (-0.5, 0.5), (0.1,)):
            with pytest.raises(ValueError, match="addition_factor"):
                layers.Solarization(wrong)
            with pytest.raises(ValueError, match="threshold_factor"):
                layers.Solarization(0.1, wrong)
