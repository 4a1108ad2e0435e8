"""`RandomInvert`: negatives of images, at random while training."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.layers.preprocessing.image.arguments import factor_range
from torchkeras_compat.layers.preprocessing.image.color_layer import FactorLayer
from torchkeras_compat.random.seed_generator import Seed


class RandomInvert(FactorLayer):
    """Computes ``value_range[1] - x`` for some images while training.

    Args:
        factor: Range ``(low, high)`` within [0, 1] that the probability of an image is drawn from, or a number for
            ``(0, number)``.
        value_range: Lowest and highest value of a pixel.
        seed: Int for a reproducible stream; None for torch's global generator.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.
        kwargs: Arguments of `ImageLayer`.

    Input shape:
        ``(batch, height, width, channels)`` or one image.
    Output shape:
        That of the input, in the compute dtype.

    Raises:
        ValueError: an argument is not as above.

    Example:
        >>> RandomInvert((1.0, 1.0))(torch.tensor([[[5.0], [255.0]]])).flatten()
        tensor([250.,   0.])

    Source: Keras API, layers/RandomInvert.
    """

    def __init__(
        self,
        factor: Any = 1.0,
        value_range: Any = (0, 255),
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(value_range=value_range, seed=seed, data_format=data_format, **kwargs)
        self.factor = factor_range(factor, 0, 1)
        if self.factor[0] < 0:
            raise ValueError(f"`factor` of RandomInvert is a probability in [0, 1]. Received: factor={factor}")

    def get_random_transformation(self, data: Any, training: bool = True, seed: Seed = None) -> dict[str, Any] | None:
        """Draw which images are inverted, ``(batch,)``; None unless ``training``."""
        if not training:
            return None
        source = self._source(seed)
        probability = self._draw(data, *self.factor, seed=source)
        return {"apply_inversion": self._draw(data, 0.0, 1.0, source) < probability}

    def _recolored(self, x: torch.Tensor, transformation: Any) -> torch.Tensor:
        return torch.where(self._of_each(transformation["apply_inversion"], x), self.value_range[1] - x, x)
