"""``python -m tests.benchmarks --only files``: models saved and loaded here and by real Keras, time and peak memory.

Each figure is of a process of its own, which has saved and loaded a small model before; the processes take turns. From
`.h5` files Keras 3 loads no state of the optimizer: two thirds of the values of the large model are not in its figures.
"""

from __future__ import annotations

import contextlib
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from . import measure

NAMES = ("ResNet50", "50 M parameters, Adam's state")
FORMATS = ("keras", "h5", "weights.h5")
SMALL = "small"
_WIDTH = 4082  # three square kernels: 50 M parameters


def model(keras: Any, name: str) -> Any:
    """Make a model, that with an optimizer trained for one step."""
    if name == "ResNet50":
        return keras.applications.ResNet50(weights=None)
    width = 8 if name == SMALL else _WIDTH
    made = keras.Sequential([keras.Input((width,)), *(keras.layers.Dense(width, "relu") for _ in range(3))])
    made.compile("adam", keras.losses.MeanSquaredError())
    made.train_on_batch(np.ones((1, width), "float32"), np.ones((1, width), "float32"))
    return made


def save(made: Any, path: str) -> None:
    """Save a model, or its weights where the name says so."""
    if path.endswith(".weights.h5"):
        made.save_weights(path)
    else:
        made.save(path)


def figures(who: str, name: str, action: str, path: str) -> dict[str, float]:
    """Save to or load from a file, and return seconds, those of the processor, and by how many MiB memory rose.

    Args:
        who: ``"ours"`` or ``"keras"``.
        name: Name of the model.
        action: ``"save"`` or ``"load"``.
        path: File; what is to be loaded lies there.
    """
    keras = measure.package(who)
    ending = next(end for end in FORMATS[::-1] if path.endswith(f".{end}"))
    small, small_path = model(keras, SMALL), f"{path}.small.{ending}"
    save(small, small_path)
    small.load_weights(small_path) if ending == "weights.h5" else keras.saving.load_model(small_path)
    os.remove(small_path)
    made = model(keras, name) if action == "save" or ending == "weights.h5" else None
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")  # the peak begins here (Linux)
    before, start, used = measure.memory_now("VmRSS"), time.perf_counter(), time.process_time()
    if action == "save":
        save(made, path)
    elif made is not None:
        made.load_weights(path)
    else:
        made = keras.saving.load_model(path)
    found = {"seconds": time.perf_counter() - start, "processor": time.process_time() - used}
    return {**found, "memory": measure.memory_now("VmHWM") - before}


def in_turns(name: str, ending: str, folder: str, repeats: int, everybody: tuple[str, ...]) -> Iterator[list[Any]]:
    """Yield the action, and for each of everybody the medians of its figures; files to load are of the last one."""
    paths = {who: f"{folder}/{who}.{ending}" for who in everybody}
    for action in ("save", "load"):
        found: dict[str, list[dict[str, float]]] = {who: [] for who in everybody}
        for _ in range(repeats):
            for who in everybody:
                path = paths[who] if action == "save" else paths[everybody[-1]]
                found[who].append(_in_new_process(who, name, action, path))
        medians = [{key: statistics.median(run[key] for run in runs) for key in runs[0]} for runs in found.values()]
        yield [action, *medians]
    for path in paths.values():
        os.remove(path)


def _in_new_process(*arguments: str) -> dict[str, float]:
    command = [sys.executable, "-W", "ignore", "-m", __name__, *arguments]
    done = subprocess.run(command, cwd=measure.ROOT, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


if __name__ == "__main__":
    print(json.dumps(figures(*sys.argv[1:])))
