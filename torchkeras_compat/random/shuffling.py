"""Random order along an axis."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.random.arguments import as_tensor
from torchkeras_compat.random.seed_generator import Seed, torch_generator
from torchkeras_compat.random.traced_draws import TracedSeed


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
    generator, length = torch_generator(seed, x.device), x.shape[axis]
    if isinstance(generator, TracedSeed):
        order = generator.drawn("randperm", (length,), torch.int64, x.device)
    else:
        order = torch.randperm(length, generator=generator, device=x.device)
    return x.index_select(axis, order)
