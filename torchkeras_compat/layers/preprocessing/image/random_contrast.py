"""`RandomContrast`: images with more or less contrast, at random while training."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.layers.preprocessing.image.arguments import factor_range
from torchkeras_compat.layers.preprocessing.image.color_layer import FactorLayer
from torchkeras_compat.random.seed_generator import Seed


class RandomContrast(FactorLayer):
    """Computes ``(x - mean) * factor + mean`` of each channel while training, clipped to ``value_range``.

    Args:
        factor: ``(lower, upper)``, for a factor in ``[1 - lower, 1 + upper]``, or a number for ``(0, number)``.
        value_range: Lowest and highest value of a pixel.
        seed: Int for a reproducible stream; None for torch's global generator.
        kwargs: Arguments of `ImageLayer`.

    Input shape:
        ``(batch, height, width, channels)`` or one image.
    Output shape:
        That of the input, in the compute dtype.

    Raises:
        ValueError: an argument is not as above.

    Example:
        >>> layer = RandomContrast(0.5)
        >>> layer.transform_images(torch.tensor([[[[2.0], [4.0]]]]), {"contrast_factor": torch.tensor([2.0])}).flatten()
        tensor([1., 5.])

    Source: Keras API, layers/RandomContrast.
    """

    def __init__(self, factor: Any, value_range: Any = (0, 255), seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(value_range=value_range, seed=seed, **kwargs)
        self.factor = factor_range(factor, 0, 1)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Seed = None) -> dict[str, Any] | None:
        """Draw the factor of each image; None unless ``training``."""
        if not training:
            return None
        low, high = 1 - self.factor[0], 1 + self.factor[1]
        return {"contrast_factor": self._draw_for_pixels(data, low, high, self._source(seed))}

    def _recolored(self, x: torch.Tensor, transformation: Any) -> torch.Tensor:
        mean = x.mean((self._height_axis, self._width_axis), keepdim=True)
        return self._in_value_range((x - mean) * self._of_each(transformation["contrast_factor"], x) + mean)
