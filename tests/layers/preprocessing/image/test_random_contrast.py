"""`RandomContrast` beside real Keras."""

from __future__ import annotations

import pytest
import torch

from tests.layers.preprocessing.image.against_keras import AgainstKeras, Case
from torchkeras_compat import layers


class TestRandomContrast(AgainstKeras):
    layer = "RandomContrast"
    cases = [
        Case({"factor": 0.4}),
        Case({"factor": (0.5, 0.9), "value_range": (0, 200)}),
    ]

    def test_draws_fill_the_range(self) -> None:
        drawn = layers.RandomContrast((0.1, 0.3), seed=1).get_random_transformation(torch.zeros(2000, 2, 2, 3))
        assert drawn is not None
        factor = drawn["contrast_factor"]
        assert 0.9 <= factor.min() < 0.91 and 1.29 < factor.max() <= 1.3

    def test_arguments_are_checked(self) -> None:
        with pytest.raises(ValueError, match="factor=-3"):
            layers.RandomContrast(-3)
        with pytest.raises(ValueError, match="value_range"):
            layers.RandomContrast(0.1, value_range=(1,))
