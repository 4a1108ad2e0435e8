"""`RandomRotation` beside real Keras."""

from __future__ import annotations

from types import ModuleType

import pytest
import torch

from tests.layers.preprocessing.image.against_keras import AgainstKeras, Case
from torchkeras_compat import layers


class TestRandomRotation(AgainstKeras):
    layer = "RandomRotation"
    cases = [
        Case({"factor": 0.2}),
        Case({"factor": (0.1, 0.15), "fill_mode": "constant", "fill_value": 3.0}),
        Case({"factor": (-1, 1), "fill_mode": "wrap"}),
        Case({"factor": 0.3, "fill_mode": "nearest"}),
    ]

    def test_draws_are_those_of_keras(self, real_keras: ModuleType) -> None:
        for shape in ((1, 8, 10, 3), (8, 10, 3)):
            ours, theirs = (
                kind.RandomRotation((0.15, 0.15)).get_random_transformation(torch.zeros(shape))
                for kind in (layers, real_keras.layers)
            )
            assert ours.keys() == theirs.keys()
            torch.testing.assert_close(ours["rotation_matrix"], theirs["rotation_matrix"])
            torch.testing.assert_close(ours["angle"], theirs["angle"])

    def test_factors_are_checked(self) -> None:
        for wrong in (2, "a", None, (0.1,), (-2, 0), float("nan")):
            with pytest.raises(ValueError, match="factor"):
                layers.RandomRotation(wrong)
