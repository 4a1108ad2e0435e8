"""`RandomPosterization`: images with fewer values, at random while training."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.layers.preprocessing.image.arguments import factor_range
from torchkeras_compat.layers.preprocessing.image.color_layer import FactorLayer
from torchkeras_compat.random.discrete_distributions import randint
from torchkeras_compat.random.seed_generator import Seed


class RandomPosterization(FactorLayer):
    """Keeps the highest bits of each value while training, of 8.

    Args:
        factor: Range ``(low, high)`` within [1, 8] of the number of bits, ``high`` excluded, or a number for
            ``(1, number)``. Where both are the same, it is that number.
        value_range: Lowest and highest value of a pixel.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.
        seed: Int for a reproducible stream; None for torch's global generator.
        kwargs: Arguments of `ImageLayer`.

    Input shape:
        ``(batch, height, width, channels)`` or one image.
    Output shape:
        That of the input, in the compute dtype.

    Raises:
        ValueError: an argument is not as above.

    Example:
        >>> RandomPosterization((1, 1))(torch.tensor([[[100.0], [200.0]]])).flatten()
        tensor([  0., 128.])

    Source: Keras API, layers/RandomPosterization.
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
        self.factor = factor_range(factor, 1, 8)
        if self.factor[0] < 1:
            raise ValueError(f"`factor` of RandomPosterization counts bits in [1, 8]. Received: factor={factor}")

    def get_random_transformation(self, data: Any, training: bool = True, seed: Seed = None) -> dict[str, Any] | None:
        """Draw how many bits are dropped of the values of each image, ``(batch,)``; None unless ``training``."""
        if not training:
            return None
        batch = 1 if self._is_single(data) else self._images_shape(data)[0]
        low, high = (int(end) for end in self.factor)
        bits = randint((batch,), low, max(high, low + 1), seed=self._source(seed))
        images = data["images"] if isinstance(data, dict) else data
        bits = bits.to(images.device) if isinstance(images, torch.Tensor) else bits
        return {"shift_factor": (8 - bits).to(torch.uint8)}

    def _recolored(self, x: torch.Tensor, transformation: Any) -> torch.Tensor:
        step = 2.0 ** self._of_each(transformation["shift_factor"], x).to(x.dtype)
        values = (self._in_unit_range(x) * 255).clamp(0, 255).floor()
        return self._from_unit_range((values / step).floor() * step / 255)
