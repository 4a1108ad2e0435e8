"""`Equalization` beside real Keras."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest
import torch

from tests.layers.preprocessing.image.against_keras import IMAGES, AgainstKeras, Case, channels_first
from torchkeras_compat import layers


@pytest.mark.filterwarnings("ignore:Tensor.T is deprecated")  # Keras's own
class TestEqualization(AgainstKeras):
    layer = "Equalization"
    cases = [Case({}), Case({"bins": 16, "value_range": (0, 200)}), Case({"bins": 3}), Case({"bins": 1})]
    is_random = False

    def test_images_are_those_of_keras(self, case: Case, real_keras: ModuleType) -> None:
        for first, x in ((False, IMAGES), (True, channels_first(IMAGES))):
            ours, theirs = self.both(case, real_keras, data_format="channels_first" if first else "channels_last")
            got = ours(torch.tensor(x))
            for i in range(len(x)):  # Keras has one histogram for all images of a batch
                torch.testing.assert_close(got[i : i + 1], torch.as_tensor(theirs(torch.tensor(x[i : i + 1]))))

    def test_images_in_other_ranges(self, real_keras: ModuleType) -> None:
        for low, high in ((0, 1), (-1, 1)):
            x = torch.tensor(np.random.RandomState(1).uniform(low, high, (1, 20, 30, 3)).astype("float32"))
            got, expected = (kind.Equalization((low, high), bins=64)(x) for kind in (layers, real_keras.layers))
            torch.testing.assert_close(got, torch.as_tensor(expected))

    def test_inference_leaves_the_images_as_keras_does(self, real_keras: ModuleType) -> None:
        for kind in (layers, real_keras.layers):
            np.testing.assert_array_equal(kind.Equalization()(IMAGES, training=False), IMAGES)

    def test_many_bins_are_not_laid_out(self) -> None:
        x = torch.tensor(IMAGES)
        torch.testing.assert_close(layers.Equalization(bins=10**12)(x), layers.Equalization(bins=2**16)(x))

    def test_values_that_are_not_numbers_do_no_harm(self) -> None:
        x = torch.tensor(IMAGES)
        x[0, 0, 0, 0] = float("nan")
        assert layers.Equalization()(x).isfinite().all()

    def test_arguments_are_checked(self) -> None:
        for wrong in (0, -1, 2.5, "a", True):
            with pytest.raises(ValueError, match="bins="):
                layers.Equalization(bins=wrong)
        with pytest.raises(ValueError, match="value_range"):
            layers.Equalization(value_range=3)
