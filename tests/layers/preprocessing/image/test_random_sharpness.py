"""`RandomSharpness` beside real Keras."""

from __future__ import annotations

import pytest
import torch

from tests.layers.preprocessing.image.against_keras import AgainstKeras, Case
from torchkeras_compat import layers


class TestRandomSharpness(AgainstKeras):
    layer = "RandomSharpness"
    cases = [
        Case({"factor": 0.5}),
        Case({"factor": (0.6, 0.9), "value_range": [0, 256]}),
    ]

    def drawn_factors(self, factor: float | tuple[float, float]) -> torch.Tensor:
        drawn = layers.RandomSharpness(factor, seed=1).get_random_transformation(torch.zeros(3000, 2, 2, 3))
        assert drawn is not None
        values: torch.Tensor = next(iter(drawn.values())).float().flatten()
        return values

    def test_draws_fill_the_range(self) -> None:
        drawn = self.drawn_factors((0.25, 0.75))
        assert 0.25 <= drawn.min() < 0.27 and 0.73 < drawn.max() <= 0.75

    def test_arguments_are_checked(self) -> None:
        for wrong in (9, (-3, 0.5), "a", None, (0.1,)):
            with pytest.raises(ValueError, match="factor"):
                layers.RandomSharpness(wrong)
        with pytest.raises(ValueError, match="value_range"):
            layers.RandomSharpness((1, 1), value_range=(1, 0))
