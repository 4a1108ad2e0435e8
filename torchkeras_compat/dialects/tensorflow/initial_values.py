"""`tf.random_normal_initializer` and its like: initializers of the core, by TensorFlow's names and defaults."""

from __future__ import annotations

from typing import Any

from torchkeras_compat.initializers.base import Initializer
from torchkeras_compat.initializers.constants import Constant, Ones, Zeros
from torchkeras_compat.initializers.fans import VarianceScaling
from torchkeras_compat.initializers.random import RandomNormal, RandomUniform, TruncatedNormal


def random_normal_initializer(mean: float = 0.0, stddev: float = 0.05, seed: int | None = None) -> Initializer:
    """Return an initializer of normally distributed numbers: ``initializer(shape, dtype=...)``.

    Example:
        >>> random_normal_initializer(seed=1)((2, 3)).shape
        torch.Size([2, 3])
    """
    return RandomNormal(mean, stddev, seed)


def random_uniform_initializer(minval: float = -0.05, maxval: float = 0.05, seed: int | None = None) -> Initializer:
    """Return an initializer of numbers evenly distributed between two."""
    return RandomUniform(minval, maxval, seed)


def truncated_normal_initializer(
    mean: float = 0.0, stddev: float = 1.0, seed: int | None = None, dtype: Any = None
) -> Initializer:
    """Return an initializer of normally distributed numbers within two standard deviations; of TensorFlow 1."""
    return TruncatedNormal(mean, stddev, seed)


def variance_scaling_initializer(
    scale: float = 1.0, mode: str = "fan_in", distribution: str = "truncated_normal", seed: int | None = None
) -> Initializer:
    """Return an initializer whose variance follows from the number of inputs or outputs."""
    return VarianceScaling(scale, mode, distribution, seed)


def constant_initializer(value: Any = 0, support_partition: bool = False) -> Initializer:
    """Return an initializer of one value."""
    return Constant(value)


def zeros_initializer() -> Initializer:
    """Return an initializer of zeros."""
    return Zeros()


def ones_initializer() -> Initializer:
    """Return an initializer of ones."""
    return Ones()
