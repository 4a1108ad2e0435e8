"""Dropout: zeros at random places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F

from torchkeras_compat import config
from torchkeras_compat.dtypes.names import TORCH_DTYPES
from torchkeras_compat.random.arguments import as_tensor
from torchkeras_compat.random.dropout_mask import draws_words, dropout_by_words
from torchkeras_compat.random.seed_generator import Seed, torch_generator
from torchkeras_compat.random.traced_draws import TracedSeed


def dropout(
    inputs: Any, rate: float, noise_shape: Sequence[int | None] | None = None, seed: Seed = None
) -> torch.Tensor:
    """Set elements to zero with probability ``rate`` and multiply the others by ``1 / (1 - rate)``.

    Args:
        inputs: Tensor; integers and booleans become floats.
        rate: Fraction in [0, 1] of elements set to zero.
        noise_shape: Shape of the random mask, which broadcasts to that of ``inputs``; None in it stands for the size
            of that axis of ``inputs``.
        seed: An int for the same mask in every call, a ``SeedGenerator`` or ``torch.Generator`` for a reproducible
            stream, None for torch's default generator and torch's own kernel.

    Raises:
        ValueError: ``rate`` is outside [0, 1], ``noise_shape`` has another number of axes than ``inputs``, or ``seed``
            is not a seed.

    Example:
        >>> sorted(set(dropout(torch.ones(100), 0.5, seed=0).tolist()))
        [0.0, 2.0]

    Source: Srivastava et al. 2014, scaled while training instead of after it.
    """
    inputs = as_tensor(inputs)
    if not 0 <= rate <= 1:
        raise ValueError(f"`rate` must be a fraction in [0, 1]. Received: rate={rate}")
    if rate == 0:
        return inputs
    if not (inputs.dtype.is_floating_point or inputs.dtype.is_complex):
        inputs = inputs.to(TORCH_DTYPES[config.floatx()])
    if noise_shape is None and seed is None:
        return dropout_by_words(inputs, rate) if draws_words(inputs, rate) else F.dropout(inputs, rate)
    if rate == 1:
        return torch.zeros_like(inputs)
    mask = inputs.new_empty(_mask_shape(inputs, noise_shape))
    keep = 1 - rate
    generator = torch_generator(seed, inputs.device)
    if isinstance(generator, TracedSeed):
        mask = generator.filled("bernoulli", mask, keep)
    else:
        mask.bernoulli_(keep, generator=generator)
    return inputs * mask.div_(keep)


def _mask_shape(inputs: torch.Tensor, noise_shape: Sequence[int | None] | None) -> tuple[int, ...]:
    if noise_shape is None:
        return tuple(inputs.shape)
    if len(noise_shape) != inputs.ndim:
        raise ValueError(
            "`noise_shape` must have one entry for each axis of the inputs. Received:"
            f" noise_shape={tuple(noise_shape)}, inputs.shape={tuple(inputs.shape)}"
        )
    return tuple(size if wanted is None else wanted for wanted, size in zip(noise_shape, inputs.shape))
