"""`Dropout`: zeros at random while training."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from torchkeras_compat.layers.base import Layer
from torchkeras_compat.random.dropouts import dropout
from torchkeras_compat.random.seed_generator import SeedGenerator


class Dropout(Layer):
    """Sets a fraction of the values to zero while training, and scales the rest by ``1 / (1 - rate)``.

    Computes through ``self.dropout``, a ``torch.nn.Dropout``, unless ``seed`` or ``noise_shape`` is given.

    Args:
        rate: Fraction in [0, 1] of the values to drop.
        noise_shape: Shape of the mask, 1 for axes along which values are dropped together; None for that of the input.
        seed: Int for a stream of masks of its own; None for torch's global generator.
        kwargs: Arguments of `Layer`.

    Raises:
        ValueError: ``rate`` is not in [0, 1].

    Example:
        >>> Dropout(0.5)(torch.ones(3), training=False)
        tensor([1., 1., 1.])

    Source: Srivastava et al. 2014.
    """

    def __init__(self, rate: float, noise_shape: Any = None, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if isinstance(rate, bool) or not isinstance(rate, (int, float)) or not 0 <= rate <= 1:
            raise ValueError(
                "Invalid value received for argument `rate`. Expected a float value between 0 and 1. Received:"
                f" rate={rate}"
            )
        self.rate = rate
        self.seed = seed
        self.noise_shape = noise_shape
        if rate > 0 and seed is not None:
            self.seed_generator = SeedGenerator(seed)
        self.supports_masking = True
        self._hold_plain("dropout", nn.Dropout(float(rate)))
        self.__dict__["_is_plain"] = seed is None and noise_shape is None
        self._skip_building()

    def call(self, inputs: torch.Tensor, training: bool | None = None) -> torch.Tensor:
        """Drop values if ``training``."""
        if not training or self.rate == 0:
            return inputs
        if self._is_plain:
            return self.dropout(inputs)
        return dropout(inputs, self.rate, self.noise_shape, getattr(self, "seed_generator", None))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "rate": self.rate, "seed": self.seed, "noise_shape": self.noise_shape}
