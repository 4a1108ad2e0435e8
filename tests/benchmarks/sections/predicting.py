"""Sections of predictions: of one sample, and of much data, with peak memory."""

from __future__ import annotations

from ..bench import Bench, column
from ..measurement import Measurement
from ..tables import comparison, figures, section
from ..workloads import PREDICTED, SEVEN


def predict(bench: Bench) -> str:
    """``predict`` of one sample, and of many."""
    one = []
    for workload in SEVEN:
        if workload.key in ("notes", "convnet") and bench.wanted(workload.title, workload.key):
            found = bench.living(Measurement("predict_one", {"workload": f"seven:{workload.title}"}))
            one.append((workload.title, column(found)))
    many, memory = [], []
    for workload in PREDICTED:
        if bench.wanted(workload.title, workload.key):
            found = bench.fresh(Measurement("predict_all", {"workload": f"predicted:{workload.title}"}))
            for rows, what in ((many, "seconds"), (memory, "memory")):
                rows.append((workload.title, column(found, what)))
    return section(
        "A prediction",
        figures("`predict` of one sample, milliseconds", one, scale=1e3),
        comparison(one, mean=False),
        figures("`predict` of all, milliseconds", many, 1, 1e3),
        comparison(many, mean=False),
        figures("`predict` of all, MiB more at the peak", memory, 0),
    )
