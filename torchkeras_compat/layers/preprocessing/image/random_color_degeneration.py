"""`RandomColorDegeneration`: images with paler colors, at random while training."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.layers.preprocessing.image.arguments import factor_range
from torchkeras_compat.layers.preprocessing.image.color_layer import FactorLayer
from torchkeras_compat.ops.image.colors import rgb_to_grayscale
from torchkeras_compat.random.seed_generator import Seed


class RandomColorDegeneration(FactorLayer):
    """Mixes each image with its grayscale while training: ``x + factor * (gray - x)``, clipped to ``value_range``.

    Args:
        factor: Range ``(low, high)`` within [-1, 1], or a number for ``(-number, number)``: 0 changes nothing, 1 gives
            gray, below 0 the colors get stronger.
        value_range: Lowest and highest value of a pixel.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.
        seed: Int for a reproducible stream; None for torch's global generator.
        kwargs: Arguments of `ImageLayer`.

    Input shape:
        ``(batch, height, width, 3)`` or one image.
    Output shape:
        That of the input, in the compute dtype.

    Raises:
        ValueError: an argument or the number of channels is not as above.

    Example:
        >>> RandomColorDegeneration((1.0, 1.0))(torch.tensor([[[100.0, 0.0, 0.0]]])).flatten()
        tensor([29.8900, 29.8900, 29.8900])

    Source: Keras API, layers/RandomColorDegeneration.
    """

    def __init__(
        self,
        factor: Any,
        value_range: Any = (0, 255),
        data_format: str | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(value_range=value_range, seed=seed, data_format=data_format, **kwargs)
        self.factor = factor_range(factor, -1, 1)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Seed = None) -> dict[str, Any] | None:
        """Draw the factor of each image, ``(batch, 1, 1, 1)``; None unless ``training``."""
        if not training:
            return None
        return {"factor": self._draw(data, self.factor[0], self.factor[1], self._source(seed), (1, 1, 1))}

    def _recolored(self, x: torch.Tensor, transformation: Any) -> torch.Tensor:
        gray = rgb_to_grayscale(x, data_format=self.data_format)
        return self._in_value_range(x + self._of_each(transformation["factor"], x) * (gray - x))
