"""`RandomGrayscale`: images without color, at random while training."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.layers.preprocessing.image.arguments import is_number
from torchkeras_compat.layers.preprocessing.image.color_layer import ColorLayer
from torchkeras_compat.ops.image.colors import rgb_to_grayscale
from torchkeras_compat.random.seed_generator import Seed


class RandomGrayscale(ColorLayer):
    """Takes the color of an image with a probability while training; it keeps its three channels, which are equal then.

    Args:
        factor: The probability, in [0, 1].
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.
        seed: Int for a reproducible stream; None for torch's global generator.
        kwargs: Arguments of `ImageLayer`.

    Input shape:
        ``(batch, height, width, 3)`` or one image.
    Output shape:
        That of the input, in the dtype of the images; integers are rounded.

    Raises:
        ValueError: an argument or the number of channels is not as above.

    Example:
        >>> RandomGrayscale(1.0)(torch.tensor([[[100.0, 0.0, 0.0]]])).flatten()
        tensor([29.8900, 29.8900, 29.8900])

    Source: ITU-R BT.601.
    """

    _keeps_dtype = True

    def __init__(
        self, factor: float = 0.5, data_format: str | None = None, seed: int | None = None, **kwargs: Any
    ) -> None:
        super().__init__(data_format=data_format, seed=seed, **kwargs)
        if not is_number(factor) or not 0 <= factor <= 1:
            raise ValueError(f"`factor` should be between 0 and 1. Received: factor={factor}")
        self.factor = factor

    def get_random_transformation(self, data: Any, training: bool = True, seed: Seed = None) -> torch.Tensor | None:
        """Draw which images lose their color, ``(batch, 1, 1, 1)``; None unless ``training``."""
        return self._draw(data, 0.0, 1.0, self._source(seed), (1, 1, 1)) < self.factor if training else None

    def _recolored(self, x: torch.Tensor, transformation: Any) -> torch.Tensor:
        gray: torch.Tensor = rgb_to_grayscale(x, data_format=self.data_format)
        return torch.where(self._of_each(transformation, x).bool(), gray, x)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "factor": self.factor, "seed": self.seed}
