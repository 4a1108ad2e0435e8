"""The section of compilers: ``jit_compile=True`` beside the default, beside eager, and beside a compiled plain loop."""

from __future__ import annotations

from ..bench import Bench, column
from ..measurement import Measurement
from ..tables import comparison, figures, section
from ..workloads import SEVEN

ENGINES = ("torch", "torch-compiled", "ours-eager", "ours", "ours-compiled")
KEYS = ("notes", "mlp")


def compiled(bench: Bench) -> str:
    """A step, and what comes before the first, through each of them."""
    rows, first, rounds = [], [], min(3, bench.fresh_rounds)
    for workload in SEVEN:
        if workload.key in (KEYS[:1] if bench.quick else KEYS) and bench.wanted(workload.title, workload.key):
            asked = {"workload": f"seven:{workload.title}"}
            steps = bench.living(Measurement("step", asked, ENGINES))
            rows.append((workload.title, column(steps)))
            epochs = bench.fresh(Measurement("from_scratch", asked, ENGINES, rounds=rounds))
            first.append((workload.title, column(epochs, "epoch")))
    return section(
        "Compiled: `torch.compile` and `jit_compile=True`",
        figures("milliseconds per step", rows, scale=1e3),
        comparison(rows),
        f"The first epoch of a process, with an empty cache of the compiler; medians of {rounds} rounds:",
        figures("seconds", first, 2),
    )
