"""One call that makes a program reproducible."""

from __future__ import annotations

import random

import numpy as np
import torch

from torchkeras_compat.random.seed_generator import reset_global_seed_generator


def set_random_seed(seed: int) -> None:
    """Seed Python's ``random``, NumPy, torch on every device, and the global seed generator.

    Args:
        seed: An int from 0 to 2**32 - 1, the range of NumPy.

    Raises:
        ValueError: ``seed`` is not such an int.

    Example:
        >>> set_random_seed(1)
        >>> a = torch.rand(2)
        >>> set_random_seed(1)
        >>> bool((a == torch.rand(2)).all())
        True
    """
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or not 0 <= seed < 2**32:
        raise ValueError(
            f"Expected `seed` argument to be an integer from 0 to 2**32 - 1. Received: seed={seed!r} (of type"
            f" {type(seed)})"
        )
    seed = int(seed)
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    reset_global_seed_generator(seed)
