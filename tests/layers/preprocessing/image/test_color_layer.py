"""What the layers that recolor images have in common."""

from __future__ import annotations

import pytest
import torch

from torchkeras_compat import layers
from torchkeras_compat.layers.preprocessing.image.color_layer import ColorLayer


@pytest.mark.parametrize(
    "layer",
    [
        layers.RandomBrightness((0.3, 0.3)),
        layers.RandomContrast((0.3, 0.3)),
        layers.RandomGrayscale(1.0),
        layers.RandomInvert((1, 1)),
        layers.RandomPosterization((2, 2)),
        layers.RandomSaturation((0.1, 0.1)),
        layers.RandomHue((0.5, 0.5)),
        layers.RandomSharpness((0.9, 0.9)),
        layers.RandomColorDegeneration((0.5, 0.5)),
    ],
    ids=lambda layer: layer.name,
)
def test_inference_changes_nothing(layer: ColorLayer) -> None:
    images = torch.rand(2, 4, 4, 3) * 255
    assert torch.equal(layer(images, training=False), images)
    assert not torch.equal(layer(images), images)


def test_a_subclass_computes() -> None:
    with pytest.raises(NotImplementedError):
        ColorLayer().transform_images(torch.zeros(1, 2, 2, 3), {})
