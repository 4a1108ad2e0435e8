"""`RandomBrightness`: images made lighter or darker at random while training."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.layers.preprocessing.image.arguments import factor_range
from torchkeras_compat.layers.preprocessing.image.color_layer import FactorLayer
from torchkeras_compat.random.seed_generator import Seed


class RandomBrightness(FactorLayer):
    """Adds a number to all values of an image while training, and clips them to ``value_range``.

    Args:
        factor: Range of the number as a fraction of the width of ``value_range``: ``(low, high)`` within [-1, 1], or a
            number for ``(-number, number)``.
        value_range: Lowest and highest value of a pixel.
        seed: Int for a reproducible stream; None for torch's global generator.
        kwargs: Arguments of `ImageLayer`.

    Input shape:
        ``(batch, height, width, channels)`` or one image.
    Output shape:
        That of the input, in the dtype of the images; integers are rounded.

    Raises:
        ValueError: an argument is not as above.

    Example:
        >>> RandomBrightness((0.1, 0.1), value_range=(0, 10))(torch.tensor([[[3.0], [9.5]]])).flatten()
        tensor([ 4., 10.])

    Source: Keras API, layers/RandomBrightness.
    """

    _keeps_dtype = True

    def __init__(self, factor: Any, value_range: Any = (0, 255), seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(value_range=value_range, seed=seed, **kwargs)
        self._set_factor(factor)

    def _set_factor(self, factor: Any) -> None:
        self.factor = factor_range(factor, -1, 1)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Seed = None) -> dict[str, Any]:
        """Draw what is added to each image; 0 unless ``training``."""
        width = self.value_range[1] - self.value_range[0]
        low, high = self.factor if training else (0.0, 0.0)
        return {"rgb_delta": self._draw_for_pixels(data, low, high, self._source(seed) if training else 0) * width}

    def _recolored(self, x: torch.Tensor, transformation: Any) -> torch.Tensor:
        return self._in_value_range(x + self._of_each(transformation["rgb_delta"], x))
