"""Sections of files: how long a model takes to load, and what saving and loading large ones costs."""

from __future__ import annotations

import tempfile
from pathlib import Path

from ..bench import Bench, column
from ..files import FORMATS, NAMES
from ..measurement import Measurement
from ..tables import Values, comparison, figures, section
from ..workloads import SEVEN, Workload

KERAS = ("ours", "keras-torch", "keras-jax", "keras-tensorflow")


def load(bench: Bench) -> str:
    """``load_model`` of a `.keras` file that each wrote itself, and ``load_state_dict`` of the plain module."""
    with tempfile.TemporaryDirectory() as folder:
        rows = [
            (workload.title, _loading(bench, workload, Path(folder)))
            for workload in (SEVEN[0], SEVEN[2], SEVEN[6])
            if bench.wanted(workload.title, workload.key)
        ]
    return section(
        "Loading a model",
        "`load_model` of a `.keras` file with the state of the optimizer; for the plain loop, the module made again\n"
        "and its `state_dict`.",
        figures("milliseconds", rows, 1, 1e3),
        comparison(rows, mean=False),
    )


def _loading(bench: Bench, workload: Workload, folder: Path) -> dict[str, list[float]]:
    asked = {"workload": f"seven:{workload.title}"}
    suffix = {who: "pt" if who == "torch" else "keras" for who in ("torch", *KERAS)}
    paths = {who: {"path": str(folder / f"{who}.{suffix[who]}")} for who in suffix}
    bench.living(Measurement("write_model", asked, suffix, paths, rounds=1))
    found = bench.living(Measurement("load", asked, suffix, paths))
    return column(found)


def files(bench: Bench) -> str:
    """Large models: each figure is of a new process, which has saved and loaded a small model before."""
    rows: dict[str, list[tuple[str, Values]]] = {"seconds": [], "processor": [], "memory": []}
    engines = bench.engines(KERAS[:2])
    for name in NAMES[:1] if bench.quick else NAMES:
        for ending in FORMATS[:1] if bench.quick else FORMATS:
            if not engines or not bench.wanted(name):
                continue
            with tempfile.TemporaryDirectory() as folder:
                for action in ("save", "load"):
                    paths = {who: {"path": f"{folder}/{who}.{ending}"} for who in engines}
                    if action == "load":  # what Keras wrote, where it takes part
                        paths = dict.fromkeys(engines, paths[engines[-1]])
                    found = bench.fresh(Measurement("file", {"name": name, "action": action}, engines, paths))
                    for what, kept in rows.items():
                        kept.append((f"{name}: {action} `.{ending}`", column(found, what)))
    return section(
        "Files of large models",
        figures("seconds", rows["seconds"], 2),
        figures("seconds of the processor", rows["processor"], 2),
        figures("MiB more at the peak", rows["memory"], 0),
    )
