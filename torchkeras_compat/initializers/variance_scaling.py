"""Initializers whose spread follows from the shape of the weight, and orthogonal matrices."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat.dtypes.names import to_torch_dtype
from torchkeras_compat.initializers.random import RandomInitializer
from torchkeras_compat.random.continuous_distributions import normal, truncated_normal, uniform

# Standard deviation of the unit normal cut at two standard deviations.
_TRUNCATED_STDDEV = 0.87962566103423978


def compute_fans(shape: Sequence[int]) -> tuple[int, int]:
    """Return how many values go in and out of one unit, for a weight of a Keras-layout shape.

    Example:
        >>> compute_fans((3, 3, 8, 16))
        (72, 144)
    """
    shape = tuple(shape)
    if len(shape) < 1:
        return 1, 1
    if len(shape) == 1:
        return shape[0], shape[0]
    field = math.prod(shape[:-2])
    return shape[-2] * field, shape[-1] * field


class VarianceScaling(RandomInitializer):
    """Variance ``scale / n``, with ``n`` the fan in, the fan out or their mean.

    Args:
        scale: Positive factor.
        mode: ``"fan_in"``, ``"fan_out"`` or ``"fan_avg"``.
        distribution: ``"truncated_normal"``, ``"untruncated_normal"`` or ``"uniform"``.
        seed: Int, `SeedGenerator` or None.

    Raises:
        ValueError: ``scale`` is not positive, or ``mode`` or ``distribution`` is unknown.

    Example:
        >>> VarianceScaling(seed=1)((4, 2)).shape
        torch.Size([4, 2])

    Source: Keras API, initializers/VarianceScaling; Glorot and Bengio 2010; He et al. 2015.
    """

    def __init__(
        self, scale: float = 1.0, mode: str = "fan_in", distribution: str = "truncated_normal", seed: Any = None
    ) -> None:
        if scale <= 0.0:
            raise ValueError(f"Argument `scale` must be positive float. Received: scale={scale}")
        if mode not in ("fan_in", "fan_out", "fan_avg"):
            raise ValueError(f"Invalid `mode` argument: {mode}. Please use one of 'fan_in', 'fan_out', 'fan_avg'.")
        distribution = str(distribution).lower()
        distribution = "truncated_normal" if distribution == "normal" else distribution
        if distribution not in ("truncated_normal", "untruncated_normal", "uniform"):
            raise ValueError(
                f"Invalid `distribution` argument: {distribution}. Please use one of 'uniform', 'truncated_normal',"
                " 'untruncated_normal'."
            )
        self.scale = scale
        self.mode = mode
        self.distribution = distribution
        super().__init__(seed)

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> torch.Tensor:
        fan_in, fan_out = compute_fans(shape)
        n = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[self.mode]
        variance = self.scale / max(1.0, n)
        if self.distribution == "uniform":
            limit = math.sqrt(3.0 * variance)
            return uniform(shape, -limit, limit, dtype=dtype, seed=self.seed)
        if self.distribution == "untruncated_normal":
            return normal(shape, 0.0, math.sqrt(variance), dtype=dtype, seed=self.seed)
        return truncated_normal(shape, 0.0, math.sqrt(variance) / _TRUNCATED_STDDEV, dtype=dtype, seed=self.seed)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "scale": self.scale, "mode": self.mode, "distribution": self.distribution}


class _Named(VarianceScaling):
    """A published choice of scale, mode and distribution; only the seed is left to say."""

    _choice: tuple[float, str, str] = (1.0, "fan_in", "truncated_normal")

    def __init__(self, seed: Any = None) -> None:
        scale, mode, distribution = self._choice
        super().__init__(scale, mode, distribution, seed)

    def get_config(self) -> dict[str, Any]:
        return RandomInitializer.get_config(self)


class GlorotUniform(_Named):
    """Uniform in ``±sqrt(6 / (fan_in + fan_out))`` (Glorot and Bengio 2010, eq. 16)."""

    _choice = (1.0, "fan_avg", "uniform")


class GlorotNormal(_Named):
    """Truncated normal of variance ``2 / (fan_in + fan_out)`` (Glorot and Bengio 2010)."""

    _choice = (1.0, "fan_avg", "truncated_normal")


class HeNormal(_Named):
    """Truncated normal of variance ``2 / fan_in`` (He et al. 2015)."""

    _choice = (2.0, "fan_in", "truncated_normal")


class HeUniform(_Named):
    """Uniform in ``±sqrt(6 / fan_in)`` (He et al. 2015)."""

    _choice = (2.0, "fan_in", "uniform")


class LecunNormal(_Named):
    """Truncated normal of variance ``1 / fan_in`` (LeCun et al. 1998)."""

    _choice = (1.0, "fan_in", "truncated_normal")


class LecunUniform(_Named):
    """Uniform in ``±sqrt(3 / fan_in)`` (LeCun et al. 1998)."""

    _choice = (1.0, "fan_in", "uniform")


class Orthogonal(RandomInitializer):
    """A matrix with orthonormal rows or columns, from the QR decomposition of a normal one.

    Args:
        gain: Factor.
        seed: Int, `SeedGenerator` or None.

    Raises:
        ValueError: the shape has fewer than two axes.

    Example:
        >>> q = Orthogonal(seed=1)((3, 3))
        >>> torch.allclose(q @ q.T, torch.eye(3), atol=1e-6)
        True

    Source: Keras API, initializers/Orthogonal; Saxe et al. 2014.
    """

    def __init__(self, gain: float = 1.0, seed: Any = None) -> None:
        self.gain = gain
        super().__init__(seed)

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> torch.Tensor:
        if len(shape) < 2:
            raise ValueError(
                f"The tensor to initialize must be at least two-dimensional. Received: shape={tuple(shape)} of rank"
                f" {len(shape)}."
            )
        rows, columns = math.prod(shape[:-1]), shape[-1]
        flat = normal((max(rows, columns), min(rows, columns)), dtype="float32", seed=self.seed)
        q, r = torch.linalg.qr(flat)
        q = q * torch.sign(torch.diag(r))  # makes the decomposition unique, so that the result is uniform
        q = q.T if rows < columns else q
        return (self.gain * q.reshape(tuple(shape))).to(to_torch_dtype(dtype))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "gain": self.gain}
