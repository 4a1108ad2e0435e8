"""`AugmentingLayer`: several layers of images that one layer chooses from."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.layers.preprocessing.image.arguments import one_of, probability_range, value_range_of
from torchkeras_compat.layers.preprocessing.image.auto_contrast import AutoContrast
from torchkeras_compat.layers.preprocessing.image.equalization import Equalization
from torchkeras_compat.layers.preprocessing.image.geometric_layer import INTERPOLATIONS
from torchkeras_compat.layers.preprocessing.image.image_layer import ImageLayer
from torchkeras_compat.layers.preprocessing.image.random_brightness import RandomBrightness
from torchkeras_compat.layers.preprocessing.image.random_color_degeneration import RandomColorDegeneration
from torchkeras_compat.layers.preprocessing.image.random_contrast import RandomContrast
from torchkeras_compat.layers.preprocessing.image.random_posterization import RandomPosterization
from torchkeras_compat.layers.preprocessing.image.random_rotation import RandomRotation
from torchkeras_compat.layers.preprocessing.image.random_sharpness import RandomSharpness
from torchkeras_compat.layers.preprocessing.image.random_shear import RandomShear
from torchkeras_compat.layers.preprocessing.image.random_translation import RandomTranslation
from torchkeras_compat.layers.preprocessing.image.solarization import Solarization
from torchkeras_compat.outside_graphs import outside_graphs
from torchkeras_compat.random.seed_generator import Seed, torch_generator

# In the order of Keras's numbers of them.
OPERATIONS = (
    "random_shear",
    "random_translation",
    "random_rotation",
    "random_brightness",
    "random_color_degeneration",
    "random_contrast",
    "random_sharpness",
    "random_posterization",
    "solarization",
    "auto_contrast",
    "equalization",
)


class AugmentingLayer(ImageLayer):
    """Base of the layers that apply some of ``OPERATIONS``, each a layer under this attribute.

    Args:
        value_range: Lowest and highest value of a pixel.
        factor: Range of the strength of each, ``(low, high)`` within [0, 1], or a number for ``(0, number)``.
        interpolation: ``"bilinear"`` or ``"nearest"``.
        seed: Int for a reproducible stream; None for torch's global generator.
        kwargs: Arguments of `ImageLayer`.

    Raises:
        NotImplementedError: ``interpolation`` is unknown.
        ValueError: another argument is not as above.
    """

    _moves_beside = True

    def __init__(self, *, value_range: Any, factor: Any, interpolation: str, seed: int | None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.value_range = value_range_of(value_range)
        self.factor = probability_range(factor)
        self.interpolation = one_of("interpolation", interpolation, INTERPOLATIONS, NotImplementedError)
        self._set_seed(seed)
        common: dict[str, Any] = {"data_format": self.data_format, "dtype": "float32"}
        moving = {**common, "interpolation": interpolation, "bounding_box_format": self.bounding_box_format}
        coloring = {**common, "value_range": value_range}
        factor = self.factor
        self.random_shear = RandomShear(factor, factor, **moving)
        self.random_translation = RandomTranslation(factor, factor, **moving)
        self.random_rotation = RandomRotation(factor, **moving)
        self.random_brightness = RandomBrightness(factor, **coloring)
        self.random_color_degeneration = RandomColorDegeneration(factor, **coloring)
        self.random_contrast = RandomContrast(factor, **coloring)
        self.random_sharpness = RandomSharpness(factor, **coloring)
        self.random_posterization = RandomPosterization((1, max(1, int(8 * factor[1]))), **coloring)
        self.solarization = Solarization(factor, factor, **coloring)
        self.auto_contrast = AutoContrast(**coloring)
        self.equalization = Equalization(**coloring)

    @staticmethod
    def _choices(number: int, count: int, source: Seed) -> list[int]:
        """Return ``count`` random numbers below ``number``, drawn where Python can read them without waiting."""
        return _draw_outside(number, count, source) if torch.compiler.is_compiling() else _draw(number, count, source)

    def _operation(self, name: str) -> ImageLayer:
        """Return the layer of a name.

        Raises:
            ValueError: there is no such one.
        """
        layer: ImageLayer = getattr(self, one_of("layer_name", name, OPERATIONS))
        return layer


def _draw(number: int, count: int, source: Seed) -> list[int]:
    cpu = torch.device("cpu")
    generator: Any = torch_generator(source, cpu)
    drawn: list[int] = torch.randint(0, number, (count,), generator=generator, device=cpu).tolist()
    return drawn


_draw_outside = outside_graphs(
    "RandAugment and AugMix choose their operations in Python, by new random numbers in each call. Leave"
    " `fullgraph=True` out, or augment the data before the compiled model"
)(_draw)
