"""`RandomTranslation` beside real Keras."""

from __future__ import annotations

import pytest
import torch

from tests.layers.preprocessing.image.against_keras import AgainstKeras, Case
from torchkeras_compat import layers


class TestRandomTranslation(AgainstKeras):
    layer = "RandomTranslation"
    cases = [
        Case({"height_factor": 0.2, "width_factor": (0.1, 0.3)}),
        Case({"height_factor": (-0.4, -0.3), "width_factor": 0.0, "fill_mode": "constant", "fill_value": 3.0}),
        Case({"height_factor": 0.5, "width_factor": 0.5, "fill_mode": "wrap", "interpolation": "nearest"}),
        Case({"height_factor": 0.5, "width_factor": 0.5, "fill_mode": "nearest"}),
    ]

    def test_factors_are_checked(self) -> None:
        for wrong in (2, "a", None, (0.1,), (-2, 0), float("nan"), True):
            with pytest.raises(ValueError, match="factor"):
                layers.RandomTranslation(wrong, 0.1)
        with pytest.raises(NotImplementedError, match="'mirror'"):
            layers.RandomTranslation(0.1, 0.1, fill_mode="mirror")
        with pytest.raises(NotImplementedError, match="'bicubic'"):
            layers.RandomTranslation(0.1, 0.1, interpolation="bicubic")
        with pytest.raises(ValueError, match="fill_value=None"):
            layers.RandomTranslation(0.1, 0.1, fill_value=None)  # type: ignore[arg-type]

    def test_draws_fill_the_range(self) -> None:
        layer = layers.RandomTranslation((-0.5, 0.25), 0.1, seed=2)
        drawn = layer.get_random_transformation(torch.zeros(2000, 8, 10, 3))["translations"]
        right, down = drawn.unbind(-1)
        assert -4 <= down.min() < -3.9 and 1.9 < down.max() <= 2
        assert -1 <= right.min() < -0.95 and 0.95 < right.max() <= 1
        assert abs(torch.corrcoef(drawn.T)[0, 1]) < 0.1
