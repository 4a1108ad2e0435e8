"""`RandomGrayscale` beside real Keras."""

from __future__ import annotations

import pytest
import torch

from tests.layers.preprocessing.image.against_keras import AgainstKeras, Case
from torchkeras_compat import layers


class TestRandomGrayscale(AgainstKeras):
    layer = "RandomGrayscale"
    gives_floats = False
    cases = [
        Case({"factor": 0.5}, has_keras_boxes=False),
        Case({"factor": 1}, has_keras_boxes=False),
    ]

    def test_the_probability_is_the_factor(self) -> None:
        drawn = layers.RandomGrayscale(0.3, seed=1).get_random_transformation(torch.zeros(3000, 2, 2, 3))
        assert drawn is not None and 0.25 < drawn.float().mean() < 0.35

    def test_arguments_are_checked(self) -> None:
        for wrong in (-0.1, 1.5, "a", None, (0.1, 0.2)):
            with pytest.raises(ValueError, match="between 0 and 1"):
                layers.RandomGrayscale(wrong)  # type: ignore[arg-type]
        with pytest.raises(ValueError, match="4 channels"):
            layers.RandomGrayscale(1.0)(torch.zeros(1, 2, 2, 4))
