"""`RandomColorJitter`: brightness, contrast, saturation and hue changed at random while training."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.layers.preprocessing.image.arguments import as_given
from torchkeras_compat.layers.preprocessing.image.color_layer import ColorLayer
from torchkeras_compat.layers.preprocessing.image.random_brightness import RandomBrightness
from torchkeras_compat.layers.preprocessing.image.random_contrast import RandomContrast
from torchkeras_compat.layers.preprocessing.image.random_hue import RandomHue
from torchkeras_compat.layers.preprocessing.image.random_saturation import RandomSaturation
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.random.seed_generator import Seed

_KINDS: dict[str, Any] = {
    "brightness": RandomBrightness,
    "contrast": RandomContrast,
    "saturation": RandomSaturation,
    "hue": RandomHue,
}


class RandomColorJitter(ColorLayer):
    """Changes brightness, contrast, saturation and hue of each image while training, one after the other.

    Args:
        value_range: Lowest and highest value of a pixel.
        brightness_factor: As ``factor`` of `RandomBrightness`; None to leave the brightness alone.
        contrast_factor: As ``factor`` of `RandomContrast`, or None.
        saturation_factor: As ``factor`` of `RandomSaturation`, or None.
        hue_factor: As ``factor`` of `RandomHue`, or None.
        seed: Int for a reproducible stream; None for torch's global generator.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.
        kwargs: Arguments of `ImageLayer`.

    Input shape:
        ``(batch, height, width, channels)`` or one image; 3 channels where saturation or hue change.
    Output shape:
        That of the input, in the compute dtype.

    Raises:
        ValueError: an argument or the number of channels is not as above.

    Example:
        >>> layer = RandomColorJitter(brightness_factor=(0.1, 0.1), saturation_factor=(0.0, 0.0))
        >>> layer(torch.tensor([[[100.0, 50.0, 0.0]]])).flatten()
        tensor([125.5000, 125.5000, 125.5000])

    Source: Keras API, layers/RandomColorJitter.
    """

    def __init__(
        self,
        value_range: Any = (0, 255),
        brightness_factor: Any = None,
        contrast_factor: Any = None,
        saturation_factor: Any = None,
        hue_factor: Any = None,
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(value_range=value_range, seed=seed, data_format=data_format, **kwargs)
        self.brightness_factor, self.contrast_factor = as_given(brightness_factor), as_given(contrast_factor)
        self.saturation_factor, self.hue_factor = as_given(saturation_factor), as_given(hue_factor)
        for name, kind in _KINDS.items():
            factor: Any = getattr(self, f"{name}_factor")
            if factor is not None:
                more: dict[str, Any] = {"value_range": value_range, "data_format": data_format, "dtype": "float32"}
                setattr(self, f"random_{name}", kind(factor, **more))

    def _parts(self) -> dict[str, ColorLayer]:
        """Return the layers of the changes that are made, in their order."""
        return {name: getattr(self, f"random_{name}") for name in _KINDS if getattr(self, f"{name}_factor") is not None}

    def get_random_transformation(self, data: Any, training: bool = True, seed: Seed = None) -> dict[str, Any] | None:
        """Draw what each part does, by its name; None unless ``training``."""
        if not training:
            return None
        source = self._source(seed)
        parts = self._parts().items()
        return {name: part.get_random_transformation(data, training=True, seed=source) for name, part in parts}

    def transform_images(self, images: Any, transformation: Any = None, training: bool = True) -> torch.Tensor:
        """Return the images recolored, with new draws for ``transformation=None``."""
        if training and transformation is None:
            x: torch.Tensor = convert_to_tensor(images)
            transformation = self.get_random_transformation(x)
        return super().transform_images(images, transformation, training)

    def _recolored(self, x: torch.Tensor, transformation: Any) -> torch.Tensor:
        for name, part in self._parts().items():
            x = part.transform_images(x, transformation[name])
        return x

    def get_config(self) -> dict[str, Any]:
        factors = {f"{name}_factor": getattr(self, f"{name}_factor") for name in _KINDS}
        return {**super().get_config(), "value_range": self.value_range, **factors, "seed": self.seed}
