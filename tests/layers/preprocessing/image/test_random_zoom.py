"""`RandomZoom` beside real Keras."""

from __future__ import annotations

import pytest
import torch

from tests.layers.preprocessing.image.against_keras import AgainstKeras, Case
from torchkeras_compat import layers


class TestRandomZoom(AgainstKeras):
    layer = "RandomZoom"
    cases = [
        Case({"height_factor": 0.2}),
        Case({"height_factor": (0.1, 0.5), "width_factor": (-0.5, -0.2), "fill_mode": "constant", "fill_value": 3.0}),
        Case({"height_factor": (0.5, 0.9), "fill_mode": "wrap", "interpolation": "nearest"}),
        Case({"height_factor": 0.3, "width_factor": 0.4, "fill_mode": "nearest"}),
    ]

    def test_factors_are_checked(self) -> None:
        for wrong in (2, "a", None, (0.1,), (-1, 0), float("inf"), True):
            with pytest.raises(ValueError, match="factor"):
                layers.RandomZoom(wrong, 0.1)
        with pytest.raises(NotImplementedError, match="'mirror'"):
            layers.RandomZoom(0.1, 0.1, fill_mode="mirror")
        with pytest.raises(NotImplementedError, match="'bicubic'"):
            layers.RandomZoom(0.1, 0.1, interpolation="bicubic")
        with pytest.raises(ValueError, match="fill_value=None"):
            layers.RandomZoom(0.1, 0.1, fill_value=None)  # type: ignore[arg-type]

    def test_one_factor_keeps_the_proportions(self) -> None:
        drawn = layers.RandomZoom((-0.3, 0.5)).get_random_transformation(torch.zeros(500, 8, 10, 3))
        assert torch.equal(drawn["height_zoom"], drawn["width_zoom"])
        assert 0.7 <= drawn["height_zoom"].min() < 0.75 and 1.45 < drawn["height_zoom"].max() <= 1.5
