"""The states of all random generators that a program draws from: read, and put back."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import torch

from torchkeras_compat.errors import FileContentError
from torchkeras_compat.random.seed_generator import global_seed_generator


def random_states() -> dict[str, Any]:
    """Return the states of Python's ``random``, NumPy, torch on every device, and the global seed generator.

    The result holds tensors, numbers, lists and dictionaries only, so that ``torch.load(weights_only=True)`` takes it.
    Nothing is drawn, and no device is waited for.

    Example:
        >>> states = random_states()
        >>> first = torch.rand(1)
        >>> set_random_states(states)
        >>> torch.equal(torch.rand(1), first)
        True
    """
    version, words, gauss = random.getstate()
    state: Any = np.random.get_state(legacy=True)
    name, keys, position, has_gauss, cached = state
    return {
        "python": [version, torch.tensor(words, dtype=torch.int64), gauss],
        "numpy": [name, torch.from_numpy(keys.astype("int64")), int(position), int(has_gauss), float(cached)],
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() and torch.cuda.is_initialized() else [],
        "seed_generator": global_seed_generator().state.clone(),
    }


def check_random_states(states: Any) -> None:
    """Try states on generators that nobody draws from.

    Raises:
        FileContentError: they are not what :func:`random_states` returns.
    """
    try:
        version, words, gauss = states["python"]
        random.Random().setstate((version, tuple(words.tolist()), gauss))
        name, keys, position, has_gauss, cached = states["numpy"]
        np.random.RandomState().set_state((name, keys.numpy().astype("uint32"), position, has_gauss, cached))
        torch.Generator().set_state(states["torch"])
        is_right = 0 <= position <= len(keys) and has_gauss in (0, 1)  # NumPy looks at neither
        is_right = is_right and all(s.dtype is torch.uint8 and s.ndim == 1 and s.numel() == 16 for s in states["cuda"])
        seeds = states["seed_generator"]
        is_right = is_right and seeds.dtype is torch.int64 and seeds.shape == global_seed_generator().state.shape
    except (TypeError, ValueError, KeyError, IndexError, AttributeError, RuntimeError, OverflowError) as error:
        raise FileContentError(f"The states of the random generators are malformed: {error!r}.") from error
    if not is_right:
        raise FileContentError("The states of the random generators are malformed.")


def set_random_states(states: dict[str, Any]) -> None:
    """Put back what :func:`random_states` returned.

    Args:
        states: The states; those of GPUs that this machine lacks are left out.
    """
    version, words, gauss = states["python"]
    random.setstate((version, tuple(words.tolist()), gauss))
    name, keys, position, has_gauss, cached = states["numpy"]
    np.random.set_state((name, keys.numpy().astype("uint32"), position, has_gauss, cached))
    torch.set_rng_state(states["torch"])
    for index, state in enumerate(states["cuda"][: torch.cuda.device_count()]):
        torch.cuda.set_rng_state(state, index)
    global_seed_generator().state.copy_(states["seed_generator"])
