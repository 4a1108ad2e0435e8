"""`Solarization`: bright pixels inverted."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.layers.preprocessing.image.arguments import factor_range
from torchkeras_compat.layers.preprocessing.image.color_layer import ColorLayer
from torchkeras_compat.random.seed_generator import Seed


class Solarization(ColorLayer):
    """Adds a number to all values of an image while training, then inverts those that are not below a threshold.

    Values count from 0 to 255, whatever ``value_range`` is.

    Args:
        addition_factor: Range ``(low, high)`` within [0, 1] of what is added as a fraction of 255, or a number for
            ``(0, number)``.
        threshold_factor: Range of the threshold, likewise; with 0 all values are inverted.
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
        >>> Solarization(threshold_factor=(0.5, 0.5))(torch.tensor([[[100.0], [200.0]]])).flatten()
        tensor([100.,  55.])

    Source: Keras API, layers/Solarization. Keras 3.15 draws from 0 on, whatever the lower end of a range is.
    """

    def __init__(
        self,
        addition_factor: Any = 0.0,
        threshold_factor: Any = 0.0,
        value_range: Any = (0, 255),
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(value_range=value_range, seed=seed, **kwargs)
        self.addition_factor = factor_range(addition_factor, 0, 1, "addition_factor")
        self.threshold_factor = factor_range(threshold_factor, 0, 1, "threshold_factor")
        for name, (low, _) in (("addition", self.addition_factor), ("threshold", self.threshold_factor)):
            if low < 0:
                raise ValueError(f"`{name}_factor` must be in the range [0, 1]. Received: a range from {low} on")

    def get_random_transformation(self, data: Any, training: bool = True, seed: Seed = None) -> dict[str, Any] | None:
        """Draw what is added, and the threshold, for each image; None unless ``training``."""
        if not training:
            return None
        source = self._source(seed)
        additions = self._draw_for_pixels(data, *self.addition_factor, seed=source) * 255
        return {"additions": additions, "thresholds": self._draw_for_pixels(data, *self.threshold_factor, source) * 255}

    def _recolored(self, x: torch.Tensor, transformation: Any) -> torch.Tensor:
        values = self._in_unit_range(x) * 255 + self._of_each(transformation["additions"], x)
        values = values.clamp(0, 255)
        is_dark = values < self._of_each(transformation["thresholds"], x)
        return self._from_unit_range(torch.where(is_dark, values, 255 - values) / 255)

    def get_config(self) -> dict[str, Any]:
        factors = {"addition_factor": self.addition_factor, "threshold_factor": self.threshold_factor}
        return {**super().get_config(), "value_range": self.value_range, **factors, "seed": self.seed}
