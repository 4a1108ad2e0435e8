"""`RandomHue` beside real Keras."""

from __future__ import annotations

import pytest
import torch

from tests.layers.preprocessing.image.against_keras import AgainstKeras, Case
from torchkeras_compat import layers


class TestRandomHue(AgainstKeras):
    layer = "RandomHue"
    cases = [
        Case({"factor": 0.5}),
        Case({"factor": (0.6, 0.9), "value_range": (0, 256)}),
    ]

    def drawn_factors(self, factor: float | tuple[float, float]) -> torch.Tensor:
        drawn = layers.RandomHue(factor, seed=1).get_random_transformation(torch.zeros(3000, 2, 2, 3))
        assert drawn is not None
        values: torch.Tensor = next(iter(drawn.values())).float().flatten()
        return values

    def test_draws_go_both_ways(self) -> None:
        drawn = self.drawn_factors((0.2, 0.4))
        assert 0.1 <= drawn.abs().min() < 0.11 and 0.19 < drawn.abs().max() <= 0.2
        assert 0.45 < (drawn > 0).float().mean() < 0.55

    def test_arguments_are_checked(self) -> None:
        for wrong in (9, (-3, 0.5), "a", None, (0.1,)):
            with pytest.raises(ValueError, match="factor"):
                layers.RandomHue(wrong)
        with pytest.raises(ValueError, match="value_range"):
            layers.RandomHue((1, 1), value_range=(1, 0))
