"""Seeds: the global one of `tf.random.set_seed` beside that of each call, and seeds of two numbers.

A call draws from a stream of its own kind. As in TensorFlow: with a global seed and none of its own, the numbers of a
program repeat; with one of its own, those of the call. The numbers themselves are torch's, not TensorFlow's.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import torch

from torchkeras_compat.device import current_device
from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.operands import tensor
from torchkeras_compat.random.keyed_generator import keyed_generator
from torchkeras_compat.random.seeding import set_random_seed

_MASK = 2**64 - 1
_counts: dict[int, itertools.count[int]] = {}
_has_global_seed = False
_global_seed = 0


def set_seed(seed: int) -> None:
    """Set the global seed, and start all random numbers again, those of layers too.

    Args:
        seed: An integer.

    Raises:
        ValueError: it is not an integer.

    Example:
        >>> set_seed(1)
        >>> a = torch.rand(2)
        >>> set_seed(1)
        >>> bool((a == torch.rand(2)).all())
        True
    """
    global _has_global_seed, _global_seed
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)):
        raise ValueError(f"Argument `seed` must be an integer. Received: {seed!r} of type {type(seed).__name__}")
    _has_global_seed, _global_seed = True, int(seed)
    _counts.clear()
    state = np.random.get_state()
    set_random_seed(int(seed) % 2**32)
    np.random.set_state(state)  # TensorFlow leaves NumPy's numbers alone


def generator_of(seed: Any, device: torch.device) -> torch.Generator | None:
    """Return the torch generator of a call with this seed; None for torch's own.

    Raises:
        TypeError: ``seed`` is not an integer.
    """
    if seed is None:
        return None
    if isinstance(seed, torch.Tensor):
        seed = int(seed)
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)):
        raise TypeError(f"Argument `seed` must be an integer or None. Received: {seed!r} of type {type(seed).__name__}")
    count = next(_counts.setdefault(int(seed), itertools.count()))
    key = mixed(int(seed), _global_seed if _has_global_seed else 87654321, count)
    return drawing_generator(key, device)


def drawing_generator(key: int, device: torch.device) -> torch.Generator | None:
    """Return the torch generator of a key of 64 bits; None on the meta device, where nothing is drawn."""
    return None if device.type == "meta" else keyed_generator(key >> 2, 0, device)


def stateless_generator(seed: Any, device: torch.device) -> torch.Generator | None:
    """Return the torch generator of a seed of two numbers.

    Raises:
        InvalidArgumentError: the seed has not two numbers.
    """
    return drawing_generator(mixed(*seed_pair(seed)), device)


def seed_pair(seed: Any) -> tuple[int, int]:
    """Return a seed as two ints.

    Raises:
        InvalidArgumentError: it has not two numbers, or they are not integers.
    """
    found = tensor(seed)
    if tuple(found.shape) != (2,) or found.is_floating_point():
        raise InvalidArgumentError(f"A seed has shape (2,) and integers. Received shape {tuple(found.shape)}.")
    if found.device.type == "meta":
        return 0, 0
    first, second = found.tolist()
    return first, second


def mixed(*numbers: int) -> int:
    """Return 64 bits that depend on all numbers (splitmix64: Steele, Lea and Flood 2014)."""
    z = 0
    for number in numbers:
        z = (z * 0x9E3779B97F4A7C15 + (number & _MASK) + 0x9E3779B97F4A7C15) & _MASK
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
        z ^= z >> 31
    return z


def drawing_device() -> torch.device:
    """Return the device on which numbers are drawn."""
    return torch.device(current_device())
