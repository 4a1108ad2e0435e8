"""`RandomSaturation`: images with more or less color, at random while training."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.layers.preprocessing.image.arguments import factor_range
from torchkeras_compat.layers.preprocessing.image.color_layer import FactorLayer
from torchkeras_compat.ops.image.colors import hsv_to_rgb, rgb_to_hsv
from torchkeras_compat.random.seed_generator import Seed


class RandomSaturation(FactorLayer):
    """Multiplies the saturation of colors while training: by ``f / (1 - f)``, so 0 gives gray, 0.5 changes nothing.

    Args:
        factor: Range ``(low, high)`` within [-1, 1] of ``f``, or a number for ``(-number, number)``.
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
        >>> RandomSaturation((0.0, 0.0))(torch.tensor([[[100.0, 50.0, 0.0]]])).flatten()
        tensor([100., 100., 100.])

    Source: Keras API, layers/RandomSaturation. A saturation above 1 is 1; Keras 3.15 goes on to negative values.
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
        """Draw what the saturation of each image is multiplied by, ``(batch,)``; None unless ``training``."""
        if not training:
            return None
        drawn = self._draw(data, self.factor[0], self.factor[1], self._source(seed))
        return {"factor": drawn / (1 - drawn).clamp_min(1e-7)}

    def _recolored(self, x: torch.Tensor, transformation: Any) -> torch.Tensor:
        hsv = rgb_to_hsv(self._in_unit_range(x), data_format=self.data_format)
        hue, saturation, value = hsv.unbind(self._channel_axis)
        factor = self._of_each(transformation["factor"], saturation)
        hsv = torch.stack([hue, (saturation * factor).clamp(0, 1), value], dim=self._channel_axis)
        return self._from_unit_range(hsv_to_rgb(hsv, data_format=self.data_format))
