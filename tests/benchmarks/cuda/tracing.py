"""What the CUDA runtime was asked during a block of code, as torch's profiler saw it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import torch
from torch.profiler import ProfilerActivity, profile

WAITS = ("cudaStreamSynchronize", "cudaDeviceSynchronize", "cudaEventSynchronize", "cuStreamSynchronize")
LAUNCHES = ("cudaGraphLaunch", "cuGraphLaunch")


def calls_of(function: Callable[[], Any]) -> Counter[str]:
    """Return how often each operation and each call of the CUDA runtime happened."""
    activities = [ProfilerActivity.CPU, *([ProfilerActivity.CUDA] if torch.cuda.is_available() else [])]
    with profile(activities=activities) as seen:
        function()
    return Counter(event.name for event in seen.events())


def count(calls: Counter[str], names: tuple[str, ...]) -> int:
    """Return how many calls have one of the names."""
    return sum(calls[name] for name in names)
