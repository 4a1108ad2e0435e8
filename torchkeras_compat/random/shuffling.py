"""Random order along an axis."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.random.arguments import as_tensor
from torchkeras_compat.random.seed_generator import Seed, torch_generator


def shuffle(x: Any, axis: int = 0, seed: Seed = None) -> torch.Tensor:
    """Return ``x`` with its slices along ``axis`` in random order.

    Args:
        x: Tensor.
        axis: Axis whose slices change places; each stays whole.
        seed: An int for the same order in every call, a ``SeedGenerator`` or ``torch.Generator`` for a reproducible
            stream, None for torch's default generator.

    Raises:
        ValueError: ``seed`` is not a seed.

    Example:
        >>> sorted(shuffle([3.0, 1.0, 2.0]).tolist())
        [1.0, 2.0, 3.0]
    """
    x = as_tensor(x)
    order = torch.randperm(x.shape[axis], generator=torch_generator(seed, x.device), device=x.device)
    return x.index_select(axis, order)
