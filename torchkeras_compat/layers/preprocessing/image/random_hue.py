"""`RandomHue`: images in shifted colors, at random while training."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.layers.preprocessing.image.arguments import factor_range
from torchkeras_compat.layers.preprocessing.image.color_layer import FactorLayer
from torchkeras_compat.ops.image.colors import hsv_to_rgb, rgb_to_hsv
from torchkeras_compat.random.seed_generator import Seed


class RandomHue(FactorLayer):
    """Turns the hue of colors while training, one way or the other.

    Args:
        factor: Range ``(low, high)`` within [0, 1] of the turn, 1 for half a circle, or a number for ``(0, number)``.
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
        >>> RandomHue((1.0, 1.0))(torch.tensor([[[100.0, 0.0, 0.0]]])).flatten().round()
        tensor([  0., 100., 100.])

    Source: Keras API, layers/RandomHue.
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
        """Draw the turn of each image as a fraction of the circle, ``(batch,)``; None unless ``training``."""
        if not training:
            return None
        source = self._source(seed)
        drawn = self._draw(data, self.factor[0], self.factor[1], source)
        sign = torch.where(self._draw(data, 0.0, 1.0, source) < 0.5, -0.5, 0.5)
        return {"factor": drawn * sign}

    def _recolored(self, x: torch.Tensor, transformation: Any) -> torch.Tensor:
        hsv = rgb_to_hsv(self._in_unit_range(x), data_format=self.data_format)
        hue, saturation, value = hsv.unbind(self._channel_axis)
        hue = torch.remainder(hue + self._of_each(transformation["factor"], hue), 1)
        hsv = torch.stack([hue, saturation, value], dim=self._channel_axis)
        return self._from_unit_range(hsv_to_rgb(hsv, data_format=self.data_format))
