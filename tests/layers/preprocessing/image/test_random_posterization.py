"""`RandomPosterization` beside real Keras."""

from __future__ import annotations

import pytest
import torch

from tests.layers.preprocessing.image.against_keras import AgainstKeras, Case
from torchkeras_compat import layers


class TestRandomPosterization(AgainstKeras):
    layer = "RandomPosterization"
    cases = [
        Case({"factor": 4}),
        Case({"factor": (2, 8), "value_range": [0, 256]}),
    ]

    def drawn_factors(self, factor: float | tuple[float, float]) -> torch.Tensor:
        drawn = layers.RandomPosterization(factor, seed=1).get_random_transformation(torch.zeros(3000, 2, 2, 3))
        assert drawn is not None
        values: torch.Tensor = next(iter(drawn.values())).float().flatten()
        return values

    def test_draws_leave_the_upper_end_out(self) -> None:
        assert sorted(self.drawn_factors((2, 5)).unique().tolist()) == [4, 5, 6]
        assert self.drawn_factors((3, 3)).unique().tolist() == [5]

    def test_arguments_are_checked(self) -> None:
        for wrong in (9, (-3, 0.5), "a", None, (0.1,)):
            with pytest.raises(ValueError, match="factor"):
                layers.RandomPosterization(wrong)
        with pytest.raises(ValueError, match="value_range"):
            layers.RandomPosterization((1, 1), value_range=(1, 0))
