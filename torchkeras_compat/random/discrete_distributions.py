"""Numbers from discrete distributions, on the current device."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat.device import current_device
from torchkeras_compat.random.arguments import as_tensor, filled, float_dtype, int_dtype
from torchkeras_compat.random.seed_generator import Seed, torch_generator
from torchkeras_compat.random.traced_draws import TracedSeed


def randint(shape: Sequence[int], minval: int, maxval: int, dtype: Any = "int32", seed: Seed = None) -> torch.Tensor:
    """Draw integers uniformly from ``minval`` to ``maxval - 1``.

    Args:
        shape: Sizes of the result.
        minval: Smallest number drawn.
        maxval: One more than the largest number drawn.
        dtype: Integer dtype.
        seed: An int for the same numbers in every call, a ``SeedGenerator`` or ``torch.Generator`` for a reproducible
            stream, None for torch's default generator.

    Raises:
        ValueError: ``dtype`` is not an integer dtype, the range is empty, or ``seed`` is not a seed.

    Example:
        >>> sorted(set(randint((100,), 0, 3, seed=0).tolist()))
        [0, 1, 2]
    """
    dtype = int_dtype(dtype, "randint")
    low, high = int(minval), int(maxval)
    if low >= high:
        raise ValueError(f"`maxval` must be greater than `minval`. Received: minval={minval}, maxval={maxval}")
    device = current_device()
    generator = torch_generator(seed, device)
    if isinstance(generator, TracedSeed):
        return generator.drawn("randint", shape, torch.int64, device, numbers=[low, high]).to(dtype)
    return torch.randint(low, high, tuple(shape), generator=generator, device=device).to(dtype)


def categorical(logits: Any, num_samples: int, dtype: Any = "int32", seed: Seed = None) -> torch.Tensor:
    """Draw classes, with replacement, with probabilities ``softmax(logits)``.

    Args:
        logits: ``(batch, classes)``: unnormalized log-probabilities.
        num_samples: How many classes to draw for each row.
        dtype: Integer dtype of the result.
        seed: As in :func:`randint`.

    Returns:
        Class indices, ``(batch, num_samples)``.

    Raises:
        ValueError: ``logits`` does not have two axes, ``dtype`` is not an integer dtype, or ``seed`` is not a seed.

    Example:
        >>> categorical([[0.0, 100.0], [100.0, 0.0]], 3)
        tensor([[1, 1, 1],
                [0, 0, 0]], dtype=torch.int32)
    """
    dtype = int_dtype(dtype, "categorical")
    logits = as_tensor(logits)
    if logits.ndim != 2:
        raise ValueError(f"`logits` must have the shape (batch, classes). Received: logits.shape={tuple(logits.shape)}")
    probabilities = torch.softmax(logits.to(torch.float64 if logits.dtype == torch.float64 else torch.float32), dim=-1)
    generator = torch_generator(seed, logits.device)
    if isinstance(generator, TracedSeed):
        size = (logits.shape[0], num_samples)
        return generator.drawn("multinomial", size, torch.int64, logits.device, [probabilities]).to(dtype)
    return torch.multinomial(probabilities, num_samples, replacement=True, generator=generator).to(dtype)


def binomial(
    shape: Sequence[int], counts: Any, probabilities: Any, dtype: Any = None, seed: Seed = None
) -> torch.Tensor:
    """Draw numbers of successes among ``counts`` trials.

    Args:
        shape: Sizes of the result.
        counts: Numbers of trials, a number or a tensor that broadcasts to ``shape``.
        probabilities: Probability of success, in [0, 1], a number or a tensor that broadcasts to ``shape``.
        dtype: Floating point dtype of the result; None for floatx.
        seed: As in :func:`randint`.

    Raises:
        ValueError: ``dtype`` is not floating point, or ``seed`` is not a seed.

    Example:
        >>> binomial((2,), 10, 1.0)
        tensor([10., 10.])
    """
    dtype = float_dtype(dtype, "binomial")
    wide = torch.float32 if dtype.itemsize < 4 else dtype
    counts, probabilities = filled(counts, tuple(shape), wide), filled(probabilities, tuple(shape), wide)
    if counts.is_meta:
        return counts.to(dtype)
    generator = torch_generator(seed, counts.device)
    if isinstance(generator, TracedSeed):
        return generator.drawn("binomial", shape, wide, counts.device, [counts, probabilities]).to(dtype)
    return torch.binomial(counts, probabilities, generator=generator).to(dtype)
