"""`Dropout`: zeros at random while training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.layer.modes import run_in_mode
from torchkeras_compat.random.dropout_mask import WordDropout
from torchkeras_compat.random.dropouts import dropout
from torchkeras_compat.random.seed_generator import SeedGenerator, torch_generator
from torchkeras_compat.random.traced_draws import TracedSeed

NoiseShape = Sequence[int | None] | None


class Dropout(Layer):
    """Sets a fraction of the values to zero while training, and scales the rest by ``1 / (1 - rate)``.

    Computes through ``self.dropout``, a ``torch.nn.Dropout`` with faster masks on the CPU, unless ``seed`` or
    ``noise_shape`` is given.

    Args:
        rate: Fraction in [0, 1] of the values to drop.
        noise_shape: Shape of the mask, 1 for axes along which values are dropped together; None for that of the input.
        seed: Int for a stream of masks of its own; None for torch's global generator.
        kwargs: Arguments of `Layer`.

    Raises:
        ValueError: ``rate`` is not in [0, 1], or ``noise_shape`` is not a shape.

    Example:
        >>> Dropout(0.5)(torch.ones(3), training=False)
        tensor([1., 1., 1.])

    Source: Srivastava et al. 2014.
    """

    _takes_integers = False
    _followed = frozenset({"rate"})

    dropout: nn.Dropout
    seed_generator: SeedGenerator
    _is_plain: bool  # whether the torch module draws the mask

    def __init__(self, rate: float, noise_shape: NoiseShape = None, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rate = check_rate(rate)
        self.seed = seed
        self.noise_shape = check_noise_shape(noise_shape)
        if rate > 0:
            self.seed_generator = SeedGenerator(seed)
        self.supports_masking = True
        self._keep_torch_module("dropout", WordDropout(float(rate)))
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
        seed = self.seed_generator if self.seed is not None else None
        return dropout(inputs, self.rate, self.noise_shape, seed)

    def _known_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...] | None:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "rate": self.rate, "seed": self.seed, "noise_shape": self.noise_shape}


def check_rate(rate: Any) -> float:
    """Return the fraction to drop.

    Raises:
        ValueError: it is not a number in [0, 1].
    """
    if isinstance(rate, bool) or not isinstance(rate, (int, float)) or not 0 <= rate <= 1:
        raise ValueError(
            f"Invalid value received for argument `rate`. Expected a float value between 0 and 1. Received: rate={rate}"
        )
    return rate


def follow_rate(layer: Any) -> None:
    """Let the torch module ``dropout`` of a layer drop the fraction that was assigned to ``rate``.

    Raises:
        ValueError: it is not a number in [0, 1].
    """
    module = layer._modules.get("dropout")
    if module is None:  # the constructor sets the rate before it makes the module
        return
    module.p = float(check_rate(layer.rate))
    if layer.rate > 0 and not hasattr(layer, "seed_generator"):
        layer.seed_generator = SeedGenerator(layer.seed)


def check_noise_shape(noise_shape: Any) -> tuple[int | None, ...] | None:
    """Return the shape of the mask as a tuple, None for that of the input.

    Raises:
        ValueError: it is not a sequence of positive ints and None.
    """
    if noise_shape is None:
        return None
    expected = None
    if not isinstance(noise_shape, (list, tuple)):
        expected = "a tuple or list of integers"
    elif any(size is not None and (isinstance(size, bool) or not isinstance(size, int)) for size in noise_shape):
        expected = "all elements to be integers or None"
    elif any(size is not None and size < 1 for size in noise_shape):
        expected = "all dimensions to be positive integers or None"
    if expected is not None:
        raise ValueError(
            f"Invalid value received for argument `noise_shape`. Expected {expected}. Received: "
            f"noise_shape={noise_shape}"
        )
    return tuple(noise_shape)


def drop_mask(x: torch.Tensor, keep: float, noise_shape: NoiseShape, seed: SeedGenerator | None) -> torch.Tensor:
    """Return a boolean mask that is True with probability ``keep``, of the shape of ``x`` or broadcasting to it."""
    shape = x.shape if noise_shape is None else [n if n is not None else m for n, m in zip(noise_shape, x.shape)]
    mask, generator = torch.empty(*shape, device=x.device), torch_generator(seed, x.device)
    if isinstance(generator, TracedSeed):
        return generator.filled("bernoulli", mask, keep).bool()
    return mask.bernoulli_(keep, generator=generator).bool()
