"""`RandomBrightness` beside real Keras."""

from __future__ import annotations

import pytest
import torch

from tests.layers.preprocessing.image.against_keras import AgainstKeras, Case
from torchkeras_compat import layers


class TestRandomBrightness(AgainstKeras):
    layer = "RandomBrightness"
    gives_floats = False
    cases = [
        Case({"factor": 0.4}),
        Case({"factor": (-0.5, -0.1), "value_range": [0, 200]}),
    ]

    def test_draws_fill_the_range(self) -> None:
        drawn = layers.RandomBrightness((-0.1, 0.2), seed=1).get_random_transformation(torch.zeros(2000, 2, 2, 3))
        delta = drawn["rgb_delta"]
        assert delta.shape == (2000, 1, 1, 1)
        assert -25.5 <= delta.min() < -25 and 50.5 < delta.max() <= 51

    def test_integers_do_not_wrap(self) -> None:
        layer = layers.RandomBrightness((-0.5, -0.5))
        done = layer(torch.tensor([[[10, 200]]], dtype=torch.uint8).reshape(1, 2, 1))
        assert done.dtype is torch.uint8 and done.flatten().tolist() == [0, 72]

    def test_arguments_are_checked(self) -> None:
        with pytest.raises(ValueError, match="factor=2"):
            layers.RandomBrightness(2)
        with pytest.raises(ValueError, match="value_range=3"):
            layers.RandomBrightness(0.1, value_range=3)
