"""`AlphaDropout`: dropout that keeps mean and variance."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.layer.modes import run_in_mode
from torchkeras_compat.layers.regularization.dropout import (
    NoiseShape,
    check_noise_shape,
    check_rate,
    drop_mask,
    follow_rate,
)
from torchkeras_compat.random.seed_generator import SeedGenerator

_DROPPED = -1.7580993408473766  # -alpha * scale of SELU: what a very negative input becomes


class AlphaDropout(Layer):
    """Sets a fraction of the values to SELU's negative limit while training, then restores mean and variance.

    Computes through ``self.dropout``, a ``torch.nn.AlphaDropout``, unless ``seed`` or ``noise_shape`` is given.

    Args:
        rate: Fraction in [0, 1] of the values to drop.
        noise_shape: Shape of the mask, 1 for axes along which values are dropped together; None for that of the input.
        seed: Int for a stream of masks of its own; None for torch's global generator.
        kwargs: Arguments of `Layer`.

    Raises:
        ValueError: ``rate`` is not in [0, 1], or ``noise_shape`` is not a shape.

    Example:
        >>> AlphaDropout(0.5)(torch.ones(3), training=False)
        tensor([1., 1., 1.])

    Source: Klambauer et al. 2017.
    """

    _takes_integers = False
    _followed = frozenset({"rate"})

    dropout: nn.AlphaDropout
    seed_generator: SeedGenerator
    _is_plain: bool  # whether the torch module draws the mask

    def __init__(self, rate: float, noise_shape: NoiseShape = None, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rate = check_rate(rate)
        self.noise_shape = check_noise_shape(noise_shape)
        self.seed = seed
        if rate > 0:
            self.seed_generator = SeedGenerator(seed)
        self.supports_masking = True
        self._keep_torch_module("dropout", nn.AlphaDropout(float(rate)))
        self._is_plain = seed is None and noise_shape is None
        self._skip_building()

    def _follow(self, name: str) -> None:
        super()._follow(name)
        if name == "rate":
            follow_rate(self)

    def call(self, inputs: torch.Tensor, training: bool | None = None) -> torch.Tensor:
        """Drop values if ``training``; where that is the mode of the layer, the torch module's own mode counts."""
        module: Any = self._modules["dropout"]  # as an attribute it takes one Python call more
        if self.rate == 0 or not (module.training if training is self.training else training):
            return inputs
        if self._is_plain:
            outputs: torch.Tensor = module(inputs) if module.training else run_in_mode(module, True, inputs)
            return outputs
        keep = 1 - self.rate
        kept = drop_mask(inputs, keep, self.noise_shape, self.seed_generator if self.seed is not None else None)
        scale: float = (keep * (1 + self.rate * _DROPPED**2)) ** -0.5
        return torch.where(kept, inputs, _DROPPED) * scale - scale * _DROPPED * self.rate

    def _known_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...] | None:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "rate": self.rate, "seed": self.seed, "noise_shape": self.noise_shape}
