"""The torch generator of a seed and a number: draw number ``count`` of the stream that starts at ``key``."""

from __future__ import annotations

import threading
from typing import Any

import torch

_MASK = 2**64 - 1
_thread = threading.local()  # a data thread and the training loop must not draw from one torch generator at once


def keyed_generator(key: int, count: int, device: torch.device) -> torch.Generator:
    """Return the generator of this thread and device, at the start of the numbers of a draw.

    The first draw is that of ``torch.manual_seed(key)``. torch's CPU generator looks at the low 32 bits only, so later
    numbers go through the finalizer of splitmix64 (Steele, Lea and Flood 2014).
    """
    generators: dict[Any, torch.Generator] = _thread.__dict__
    generator = generators.get(device)
    if generator is None:
        generator = generators[device] = torch.Generator(device)
    if count:
        z = (key + 0x9E3779B97F4A7C15 * count) & _MASK
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
        key = (z ^ (z >> 31)) >> 1
    return generator.manual_seed(key)
