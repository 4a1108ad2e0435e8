"""Orthogonal matrices."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat.dtypes.names import to_torch_dtype
from torchkeras_compat.initializers.random import RandomInitializer
from torchkeras_compat.random.continuous_distributions import normal


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
        matrix: torch.Tensor = self.gain * q.reshape(tuple(shape))
        return matrix.to(to_torch_dtype(dtype))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "gain": self.gain}
