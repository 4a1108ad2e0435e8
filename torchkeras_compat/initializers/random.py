"""Initializers that draw from one distribution, whatever the shape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from torchkeras_compat.deserialization import deserialize_as
from torchkeras_compat.initializers.base import Initializer
from torchkeras_compat.random.continuous_distributions import normal, truncated_normal, uniform
from torchkeras_compat.random.seed_generator import SeedGenerator, make_default_seed
from torchkeras_compat.serialization import serialize_keras_object


class RandomInitializer(Initializer):
    """Keeps the seed: an int gives the same values at every call, None gives one fixed at construction."""

    def __init__(self, seed: Any = None) -> None:
        self._given_seed = seed
        if seed is None:
            seed = make_default_seed()
        elif isinstance(seed, dict):
            seed = deserialize_as("seed_generators", seed)
        elif isinstance(seed, np.integer):
            self._given_seed = seed = int(seed)
        elif not isinstance(seed, (int, SeedGenerator)):
            raise ValueError(
                "`seed` argument should be an instance of `keras.random.SeedGenerator()` or an integer. Received:"
                f" seed={seed}"
            )
        self.seed = seed

    def get_config(self) -> dict[str, Any]:
        return {"seed": serialize_keras_object(self._given_seed)}


class RandomNormal(RandomInitializer):
    """Normal distribution.

    Args:
        mean: Mean.
        stddev: Standard deviation.
        seed: Int, `SeedGenerator` or None.

    Example:
        >>> RandomNormal(seed=1)((2, 2)).shape
        torch.Size([2, 2])
    """

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: Any = None) -> None:
        self.mean = mean
        self.stddev = stddev
        super().__init__(seed)

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> torch.Tensor:
        return normal(shape, self.mean, self.stddev, dtype=dtype, seed=self.seed)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "mean": self.mean, "stddev": self.stddev}


class TruncatedNormal(RandomNormal):
    """Normal distribution, values beyond two standard deviations drawn again.

    Args:
        mean: Mean before truncation.
        stddev: Standard deviation before truncation.
        seed: Int, `SeedGenerator` or None.

    Example:
        >>> bool(TruncatedNormal(seed=1)((100,)).abs().max() <= 0.1)
        True
    """

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> torch.Tensor:
        return truncated_normal(shape, self.mean, self.stddev, dtype=dtype, seed=self.seed)


class RandomUniform(RandomInitializer):
    """Uniform distribution.

    Args:
        minval: Lower bound.
        maxval: Upper bound, excluded for floats.
        seed: Int, `SeedGenerator` or None.

    Example:
        >>> bool(RandomUniform(seed=1)((100,)).abs().max() <= 0.05)
        True
    """

    def __init__(self, minval: float = -0.05, maxval: float = 0.05, seed: Any = None) -> None:
        self.minval = minval
        self.maxval = maxval
        super().__init__(seed)

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> torch.Tensor:
        return uniform(shape, self.minval, self.maxval, dtype=dtype, seed=self.seed)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "minval": self.minval, "maxval": self.maxval}
