"""What one training epoch, one prediction, one import costs."""

from __future__ import annotations

import gc
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from .models import Case

ROOT = Path(__file__).parents[2]


def plain_epoch(case: Case) -> Callable[[], Any]:
    """Return a function that trains one epoch with a plain PyTorch loop, written as well as one can."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    module = case.plain().to(device).train()
    optimizer = case.optimizer(module)
    x_all, y_all = case.data()
    x_all = case.prepare(x_all).to(device)
    y_all = torch.from_numpy(y_all).to(device)

    def epoch() -> float:
        total = torch.zeros((), device=device)
        order = torch.randperm(len(x_all), device=device)
        for rows in order.split(case.batch):
            loss = case.loss(module(x_all[rows]), y_all[rows])
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            total += loss.detach() * len(rows)
        return (total / len(x_all)).item()

    return epoch


def keras_epoch(case: Case, keras: Any) -> Callable[[], Any]:
    """Return a function that trains one epoch with ``fit``."""
    model = case.keras(keras)
    x, y = case.data()
    return lambda: model.fit(x, y, batch_size=case.batch, epochs=1, verbose=0)


def medians(epochs: dict[str, Callable[[], Any]], repeats: int, warm_up: int = 1) -> dict[str, float]:
    """Return the median time of each function, in seconds; they take turns, so that a slow moment hits all."""
    times: dict[str, list[float]] = {name: [] for name in epochs}
    for turn in range(repeats + warm_up):
        for name, epoch in epochs.items():
            gc.collect()
            start = time.perf_counter()
            epoch()
            if torch.cuda.is_available():
                torch.cuda.synchronize()
            if turn >= warm_up:
                times[name].append(time.perf_counter() - start)
    return {name: statistics.median(values) for name, values in times.items()}


def prediction(model: Any, x: np.ndarray, calls: int = 200) -> float:
    """Return the median time of ``predict`` of one sample, in seconds."""
    one = x[:1]
    times = []
    for _ in range(calls):
        start = time.perf_counter()
        model.predict(one, verbose=0)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def in_new_process(code: str) -> float:
    """Run Python code in a new process and return the number that it prints."""
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return float(found.stdout.split()[-1])


def import_times(repeats: int) -> dict[str, float]:
    """Return median seconds of importing torch, and of importing a package after torch."""
    code = "import time; {first}; t = time.perf_counter(); import {name}; print(time.perf_counter() - t)"
    found: dict[str, list[float]] = {"torch": [], "torchkeras_compat": []}
    for _ in range(repeats):
        found["torch"].append(in_new_process(code.format(first="pass", name="torch")))
        found["torchkeras_compat"].append(in_new_process(code.format(first="import torch", name="torchkeras_compat")))
    return {name: statistics.median(values) for name, values in found.items()}


def peak_memory(name: str, who: str) -> float:
    """Return how far training a case for two epochs raises the memory of a new process, in MiB.

    On a GPU this is the memory of the device, elsewhere the resident memory above that before the model is made.
    """
    return in_new_process(
        "import gc, sys, torch; sys.path.insert(0, '.');"
        "from tests.benchmarks import measure, models;"
        f"case, who = models.CASES[{name!r}], {who!r};"
        "keras = None if who == 'plain' else measure.package(who);"
        "torch.nn.Linear(2, 2)(torch.ones(1, 2)).sum().backward(); gc.collect();"
        "before = measure.memory_now('VmRSS');"
        "epoch = measure.plain_epoch(case) if who == 'plain' else measure.keras_epoch(case, keras);"
        "epoch(); epoch();"
        "print(measure.memory_now('VmHWM') - before if not torch.cuda.is_available() "
        "else torch.cuda.max_memory_allocated() / 2**20)"
    )


def memory_now(field: str) -> float:
    """Return a field of this process's memory in MiB: ``VmRSS`` now, ``VmHWM`` at its peak. (Linux)"""
    (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(field))
    return int(line.split()[1]) / 1024


def package(who: str) -> Any:
    """Import ``ours`` or ``keras`` (real Keras on its torch backend)."""
    if who == "ours":
        import torchkeras_compat

        return torchkeras_compat
    import os

    os.environ["KERAS_BACKEND"] = "torch"
    import keras

    return keras
