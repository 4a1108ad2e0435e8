"""`RandomSharpness`: images blurred or sharpened, at random while training."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F

from torchkeras_compat.layers.preprocessing.image.arguments import factor_range
from torchkeras_compat.layers.preprocessing.image.color_layer import FactorLayer
from torchkeras_compat.random.seed_generator import Seed


class RandomSharpness(FactorLayer):
    """Computes ``smooth + 2 * factor * (x - smooth)`` while training, clipped to ``value_range``.

    Args:
        factor: Range ``(low, high)`` within [0, 1], or a number for ``(0, number)``: 0 gives the smooth image, 0.5
            changes nothing, 1 sharpens.
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
        >>> image = torch.arange(9.0).reshape(3, 3, 1)
        >>> RandomSharpness((0.5, 0.5))(image).flatten()
        tensor([0., 1., 2., 3., 4., 5., 6., 7., 8.])

    Source: Keras API, layers/RandomSharpness; the smooth image counts a pixel 5 times and each of its 8 neighbors once,
    with zeros outside.
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
        self.factor = factor_range(factor, 0, 1)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Seed = None) -> dict[str, Any] | None:
        """Draw the factor of each image, ``(batch,)``; None unless ``training``."""
        if not training:
            return None
        return {"factor": self._draw(data, self.factor[0], self.factor[1], self._source(seed))}

    def _recolored(self, x: torch.Tensor, transformation: Any) -> torch.Tensor:
        x = self._in_unit_range(x)
        # (batch, channels, height, width), whatever the layout: each channel by itself.
        planes = x.movedim(self._channel_axis, -3)
        flat = planes.reshape(-1, 1, *planes.shape[-2:])
        kernel = x.new_ones(1, 1, 3, 3)
        kernel[..., 1, 1] = 5
        smooth = F.conv2d(flat, kernel / 13, padding=1).reshape(planes.shape).movedim(-3, self._channel_axis)
        done = smooth + 2 * self._of_each(transformation["factor"], x) * (x - smooth)
        return self._from_unit_range(done.clamp(0, 1))
