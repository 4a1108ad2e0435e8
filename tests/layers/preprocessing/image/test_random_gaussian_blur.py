"""`RandomGaussianBlur` beside real Keras."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.layers.preprocessing.image.against_keras import IMAGES, AgainstKeras, Case
from torchkeras_compat import layers, ops


class TestRandomGaussianBlur(AgainstKeras):
    layer = "RandomGaussianBlur"
    cases = [
        Case({"factor": (1.0, 1.0), "kernel_size": 3, "sigma": (0.3, 0.9)}),
        Case({"factor": 0.5, "kernel_size": 5, "value_range": (0, 200)}),
        Case({"kernel_size": 25, "sigma": (1.0, 1.0)}),
    ]

    def test_each_image_has_its_own_blur(self) -> None:
        layer = layers.RandomGaussianBlur((1.0, 1.0), kernel_size=(5, 3), seed=1)
        drawn = layer.get_random_transformation(torch.tensor(IMAGES))
        assert drawn is not None and drawn["blur_factor"].shape == (3, 2)
        done = layer.transform_images(IMAGES, drawn)
        for image, got, sigma in zip(IMAGES, done, drawn["blur_factor"].tolist()):
            expected = ops.image.gaussian_blur(torch.tensor(image), (5, 3), sigma)
            torch.testing.assert_close(got, expected, rtol=1e-5, atol=1e-3)

    def test_no_deviation_leaves_the_image(self) -> None:
        for layer in (layers.RandomGaussianBlur(sigma=0), layers.RandomGaussianBlur(factor=0)):
            torch.testing.assert_close(layer(IMAGES), torch.tensor(IMAGES))

    def test_huge_windows_cost_no_more_than_what_they_weigh(self) -> None:
        layer = layers.RandomGaussianBlur((1.0, 1.0), kernel_size=10**12 + 1, sigma=(0.5, 0.5))
        small = layers.RandomGaussianBlur((1.0, 1.0), kernel_size=21, sigma=(0.5, 0.5))
        np.testing.assert_allclose(layer(IMAGES), small(IMAGES), rtol=1e-6)

    def test_arguments_are_checked(self) -> None:
        for wrong in (4, 0, -3, (3, 4), (3,), "a", 1.5, True):
            with pytest.raises(ValueError, match="kernel_size"):
                layers.RandomGaussianBlur(kernel_size=wrong)
        for wrong in (5, -1, "a", (0.1,)):
            with pytest.raises(ValueError, match="sigma="):
                layers.RandomGaussianBlur(sigma=wrong)
            with pytest.raises(ValueError, match="factor="):
                layers.RandomGaussianBlur(factor=wrong)
