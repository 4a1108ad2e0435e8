"""How much memory a block of code takes at its peak."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path


def memory_now(field: str) -> float:
    """Return a field of this process's memory in MiB: ``VmRSS`` now, ``VmHWM`` at its peak. (Linux)"""
    (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(field))
    return int(line.split()[1]) / 1024


@contextlib.contextmanager
def peak() -> Iterator[dict[str, float]]:
    """Give a mapping that gets the peak of memory within the block, above what was used before.

    On a GPU this is the memory of torch's tensors there, elsewhere the resident memory of the process.
    """
    found: dict[str, float] = {}
    torch = sys.modules.get("torch")
    on_gpu = torch is not None and torch.cuda.is_available()
    if on_gpu:
        torch.cuda.reset_peak_memory_stats()
        before = torch.cuda.memory_allocated() / 2**20
    else:
        with contextlib.suppress(OSError):
            Path("/proc/self/clear_refs").write_text("5")  # the peak begins here (Linux)
        before = memory_now("VmRSS")
    yield found
    found["memory"] = (torch.cuda.max_memory_allocated() / 2**20 if on_gpu else memory_now("VmHWM")) - before
