"""`RandomSaturation` beside real Keras."""

from __future__ import annotations

import pytest
import torch

from tests.layers.preprocessing.image.against_keras import AgainstKeras, Case
from torchkeras_compat import layers


class TestRandomSaturation(AgainstKeras):
    layer = "RandomSaturation"
    cases = [
        Case({"factor": 0.5}),
        Case({"factor": (0.1, 0.4), "value_range": [0, 256]}),
    ]

    def drawn_factors(self, factor: float | tuple[float, float]) -> torch.Tensor:
        drawn = layers.RandomSaturation(factor, seed=1).get_random_transformation(torch.zeros(3000, 2, 2, 3))
        assert drawn is not None
        values: torch.Tensor = next(iter(drawn.values())).float().flatten()
        return values

    def test_draws_fill_the_range(self) -> None:
        drawn = self.drawn_factors((0.5, 0.8))
        assert 1.0 <= drawn.min() < 1.1 and 3.9 < drawn.max() <= 4.0

    def test_more_than_full_saturation_is_full(self) -> None:
        done = layers.RandomSaturation((0.9, 0.9))(torch.tensor([[[100.0, 50.0, 25.0]]])).flatten()
        torch.testing.assert_close(done, torch.tensor([100.0, 100 / 3, 0.0]), rtol=1e-4, atol=1e-4)

    def test_arguments_are_checked(self) -> None:
        for wrong in (9, (-3, 0.5), "a", None, (0.1,)):
            with pytest.raises(ValueError, match="factor"):
                layers.RandomSaturation(wrong)
        with pytest.raises(ValueError, match="value_range"):
            layers.RandomSaturation((1, 1), value_range=(1, 0))
