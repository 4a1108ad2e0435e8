"""`RandomErasing` beside real Keras."""

from __future__ import annotations

from types import ModuleType

import pytest
import torch

from tests.layers.preprocessing.image.against_keras import IMAGES, AgainstKeras, Case
from torchkeras_compat import layers


class TestRandomErasing(AgainstKeras):
    layer = "RandomErasing"
    cases = [
        Case({"factor": 0.8, "scale": (0.2, 0.4)}),
        Case({"factor": (1.0, 1.0), "scale": 0.5, "value_range": (-1, 1)}),
        Case({"factor": 0.5, "fill_value": 7}),
    ]

    def test_draws_are_distributed_as_those_of_keras(self, real_keras: ModuleType) -> None:
        for arguments in (
            {"factor": 0.6, "scale": (0.1, 0.4)},
            {"factor": (0.7, 0.9), "scale": 0.5, "value_range": (-1, 1)},
        ):
            images = torch.zeros(1000, 20, 30, 3)
            ours, theirs = (
                kind.RandomErasing(**arguments).get_random_transformation(images)
                for kind in (layers, real_keras.layers)
            )
            assert ours.keys() == theirs.keys() and ours["fill_value"].shape == theirs["fill_value"].shape
            for key in ours:
                one, other = ours[key].float(), theirs[key].float()
                scale = other.std() + 1e-6
                assert abs(one.mean() - other.mean()) < 0.1 * scale and abs(one.std() - other.std()) < 0.1 * scale

    def test_what_is_erased(self) -> None:
        layer = layers.RandomErasing((1.0, 1.0), (0.25, 0.25), fill_value=(1, 2, 3), seed=1)
        done = layer(torch.full((5, 8, 12, 3), 9.0))
        assert ((done == 9).all(-1) | (done == torch.tensor([1.0, 2, 3])).all(-1)).all()
        assert (done[..., 0] == 1).sum(dim=(1, 2)).tolist() == [24] * 5
        first = layers.RandomErasing((1.0, 1.0), fill_value=(1, 2, 3), data_format="channels_first")
        assert first(torch.zeros(2, 3, 8, 12)).shape == (2, 3, 8, 12)
        for nothing in ({"factor": 0}, {"scale": 0}):
            torch.testing.assert_close(layers.RandomErasing(**nothing)(IMAGES), torch.tensor(IMAGES))

    def test_arguments_are_checked(self) -> None:
        for wrong in (2, -1, "a", (0.5,)):
            with pytest.raises(ValueError, match="factor="):
                layers.RandomErasing(wrong)
            with pytest.raises(ValueError, match="scale="):
                layers.RandomErasing(scale=wrong)
        for wrong in ("a", (1, "a"), ()):
            with pytest.raises(ValueError, match="fill_value="):
                layers.RandomErasing(fill_value=wrong)
        with pytest.raises(ValueError, match="2 numbers, and the images have 3 channels"):
            layers.RandomErasing(fill_value=(1, 2))(IMAGES)
