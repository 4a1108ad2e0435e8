"""The section of memory that training takes."""

from __future__ import annotations

from ..bench import Bench, column
from ..measurement import Measurement
from ..tables import figures, section
from ..workloads import SEVEN


def memory(bench: Bench) -> str:
    """By how much a model and two epochs raise the memory of a new process."""
    rows, rounds = [], min(3, bench.fresh_rounds)  # memory hardly varies
    for workload in SEVEN[:2] if bench.quick else SEVEN:
        if bench.wanted(workload.title, workload.key):
            found = bench.fresh(Measurement("training_memory", {"workload": f"seven:{workload.title}"}, rounds=rounds))
            rows.append((workload.title, column(found, "memory")))
    return section(
        "Peak memory",
        "What a model and two epochs add to a new process that has made the data and imported the engine; medians of\n"
        f"{rounds} rounds.",
        figures("MiB", rows, 0),
    )
