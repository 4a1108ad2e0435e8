"""`AutoContrast` beside real Keras."""

from __future__ import annotations

from types import ModuleType

import pytest
import torch

from tests.layers.preprocessing.image.against_keras import IMAGES, AgainstKeras, Case, channels_first
from torchkeras_compat import layers


class TestAutoContrast(AgainstKeras):
    layer = "AutoContrast"
    is_random = False
    cases = [Case({}), Case({"value_range": [0, 1]})]

    def test_images_are_those_of_keras(self, case: Case, real_keras: ModuleType) -> None:
        images = torch.tensor(IMAGES[:, 1:4, 2:5]) * 0.5 + 20
        images[0, ..., 1] = 0.5
        ours, theirs = self.both(case, real_keras)
        torch.testing.assert_close(ours(images), theirs(images), rtol=1e-5, atol=1e-4)
        first = self.make(case, data_format="channels_first")
        assert torch.equal(first(channels_first(images)), torch.tensor(channels_first(ours(images))))
        assert torch.equal(ours(images, training=False), ours(images))

    def test_arguments_are_checked(self) -> None:
        with pytest.raises(ValueError, match="value_range"):
            layers.AutoContrast(value_range=(1, 0))
