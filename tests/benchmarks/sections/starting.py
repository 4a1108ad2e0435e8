"""Sections of the beginning: imports, and an epoch from an empty process."""

from __future__ import annotations

from ..bench import Bench, column
from ..measurement import Measurement
from ..tables import comparison, figures, section
from ..workloads import SEVEN


def from_scratch(bench: Bench) -> str:
    """A new process: import, build, compile, trace, one epoch."""
    rows, parts = [], []
    for workload in SEVEN[:3] if bench.quick else SEVEN:
        if bench.wanted(workload.title, workload.key):
            found = bench.fresh(Measurement("from_scratch", {"workload": f"seven:{workload.title}"}))
            rows.append((workload.title, column(found, "wall")))
            parts.append((workload.title, column(found, "epoch")))
    return section(
        "An epoch from scratch",
        "A process that starts, imports, makes the data, builds and compiles the model, and fits one epoch.",
        figures("seconds, all", rows, 2),
        comparison(rows),
        "Of these, the epoch with what it traces and compiles:",
        figures("seconds, the epoch", parts, 2),
    )


def imports(bench: Bench) -> str:
    """What an engine takes to import."""
    found = bench.fresh(Measurement("started"))
    packages = {name: rounds for name, rounds in found.items() if "package" in rounds[0]}
    rows = [("all that a script names", column(found, "import"))]
    rows.append(("`import keras` or `torchkeras_compat`, after that of its backend", column(packages, "package")))
    return section(
        "Start",
        "In a new process, until a model can be built: the plain loop imports torch; the others torch, JAX or\n"
        "TensorFlow and themselves, with layers, losses, metrics, optimizers and callbacks.",
        figures("seconds", rows, 3),
    )
