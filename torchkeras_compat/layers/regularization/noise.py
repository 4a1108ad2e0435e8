"""`GaussianNoise` and `GaussianDropout`: normal noise while training, added or multiplied."""

from __future__ import annotations

import math
from typing import Any

import torch

from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.regularization.dropout import check_rate
from torchkeras_compat.random.continuous_distributions import normal
from torchkeras_compat.random.seed_generator import SeedGenerator


class Noise(Layer):
    """Base of the layers that draw normal noise."""

    _takes_integers = False

    seed: int | None
    seed_generator: SeedGenerator
    _stddev: float

    def _set_noise(self, seed: int | None) -> None:
        self.seed = seed
        if self._stddev > 0:
            self.seed_generator = SeedGenerator(seed)
        self.supports_masking = True
        self._skip_building()

    def _set_stddev(self, stddev: float) -> None:
        self._stddev = stddev
        if stddev > 0 and self.built and not hasattr(self, "seed_generator"):
            self.seed_generator = SeedGenerator(self.seed)

    def _sample_noise(self, x: torch.Tensor) -> torch.Tensor:
        """Return noise of mean 0, from torch's global generator unless there is a seed."""
        if self.seed is None:
            return torch.randn_like(x) * self._stddev
        return normal(x.shape, 0.0, self._stddev, dtype=x.dtype, seed=self.seed_generator).to(x.device)


class GaussianNoise(Noise):
    """Adds normal noise of mean 0 while training.

    Args:
        stddev: Standard deviation, not negative.
        seed: Int for a stream of noise of its own; None for torch's global generator.
        kwargs: Arguments of `Layer`.

    Raises:
        ValueError: ``stddev`` is not in [0, 1].

    Example:
        >>> GaussianNoise(0.1)(torch.ones(3), training=False)
        tensor([1., 1., 1.])

    Source: Keras API, layers/GaussianNoise.
    """

    _followed = frozenset({"stddev"})

    def __init__(self, stddev: float, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.stddev = stddev
        self._set_noise(seed)

    def _follow(self, name: str) -> None:
        super()._follow(name)
        if name == "stddev":
            stddev = self.stddev
            if isinstance(stddev, bool) or not isinstance(stddev, (int, float)) or not 0 <= stddev <= 1:
                raise ValueError(
                    "Invalid value received for argument `stddev`. Expected a float value between 0 and 1. Received: "
                    f"stddev={stddev}"
                )
            self._set_stddev(stddev)

    def call(self, inputs: torch.Tensor, training: bool | None = None) -> torch.Tensor:
        """Add noise if ``training``."""
        return inputs + self._sample_noise(inputs) if training and self.stddev > 0 else inputs

    def _known_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...] | None:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "stddev": self.stddev, "seed": self.seed}


class GaussianDropout(Noise):
    """Multiplies by normal noise of mean 1 and variance ``rate / (1 - rate)`` while training.

    Args:
        rate: Fraction in [0, 1) that gives the variance, as for `Dropout`.
        seed: Int for a stream of noise of its own; None for torch's global generator.
        kwargs: Arguments of `Layer`.

    Raises:
        ValueError: ``rate`` is not in [0, 1].

    Example:
        >>> GaussianDropout(0.5)(torch.ones(3), training=False)
        tensor([1., 1., 1.])

    Source: Srivastava et al. 2014, section 10.
    """

    _followed = frozenset({"rate"})

    def __init__(self, rate: float, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rate = rate
        self._set_noise(seed)

    def _follow(self, name: str) -> None:
        super()._follow(name)
        if name == "rate":
            rate = check_rate(self.rate)
            self._set_stddev(math.sqrt(rate / (1 - rate)) if rate < 1 else math.inf)

    def call(self, inputs: torch.Tensor, training: bool | None = None) -> torch.Tensor:
        """Multiply by noise if ``training``."""
        return inputs * (1 + self._sample_noise(inputs)) if training and self.rate > 0 else inputs

    def _known_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...] | None:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "rate": self.rate, "seed": self.seed}
