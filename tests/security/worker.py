"""A process that reads files of strangers, and reports what came of it: one JSON line in, one out.

Its memory is limited, so that what asks for too much cannot take it from other processes. What a file took at most is
read from the kernel's own account, whose peak is set back before each file.
"""

from __future__ import annotations

import functools
import json
import os
import resource
import signal
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import torch

import torchkeras_compat as keras
from torchkeras_compat import layers
from torchkeras_compat.cli.run import csv_data
from torchkeras_compat.data.archive import extract_archive
from torchkeras_compat.models.from_json import model_from_json
from torchkeras_compat.notes.note import read_note

SECONDS = 30  # of the processor, whatever else the machine does
WAITING = 240  # seconds, for what waits and does not compute
ADDRESS_SPACE = 4 << 30  # bytes beyond those of the start


class TooSlow(BaseException):
    """The file took longer than ``SECONDS``, or waited longer than ``WAITING``."""


def base_model(units: int = 4) -> Any:
    """The model whose files are attacked: layers, a nested model, an optimizer with state."""
    keras.utils.set_random_seed(1)
    inner = keras.Sequential(
        [keras.Input((units,)), layers.Dense(3, name="low"), layers.ReLU(name="relu")], name="inner"
    )
    stack = [
        layers.Dense(units, name="first"),
        inner,
        layers.BatchNormalization(name="norm"),
        layers.Dense(2, name="last"),
    ]
    model = keras.Sequential([keras.Input((5,)), *stack], name="base")
    model.compile("adam", "mse", metrics=["mae"])
    x = np.random.RandomState(0).normal(size=(8, 5)).astype("float32")
    model.fit(x, np.ones((8, 2), "float32"), verbose=0, batch_size=4)
    return model


@functools.cache
def _kept_model() -> Any:
    return base_model()


def save_base(folder: Path) -> None:
    """Write the model as `a.keras`, `a.h5`, `folder`, `a.weights.h5`, `s.weights.json` and `a.json`."""
    model = base_model()
    model.save(folder / "a.keras")
    model.save(folder / "a.h5")
    model.save(folder / "folder", zipped=False)
    model.save_weights(folder / "a.weights.h5")
    model.save_weights(folder / "s.weights.json", max_shard_size=3e-7)
    (folder / "a.json").write_text(model.to_json())


def _load_weights(path: str) -> str:
    model = _kept_model()
    state = lambda: [v.numpy().copy() for v in (*model.weights, *model.optimizer.variables)]  # noqa: E731
    before = state()
    try:
        model.load_weights(path)
    except BaseException:
        changed = [not np.array_equal(a, b, equal_nan=True) for a, b in zip(before, state(), strict=True)]
        if any(changed):
            raise AssertionError("half loaded") from None
        raise
    return "loaded"


def _load_model(path: str) -> str:
    model = keras.saving.load_model(path)
    return f"loaded {type(model).__name__}"


ACTIONS = {
    "load_model": _load_model,
    "load_weights": _load_weights,
    "editor": lambda path: f"loaded {len(keras.saving.KerasFileEditor(path).weights_dict)}",
    "json": lambda path: f"loaded {type(model_from_json(Path(path).read_bytes())).__name__}",
    "csv": lambda path: csv_data(path, "target").description,
    "note": lambda path: f"loaded {len(read_note(path).blocks)}",
    "extract": lambda path: extract_archive(Path(path), Path(path + ".out")) or "loaded",
}


def _kib(name: str) -> int:
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith(name))


def run(action: str, path: str) -> dict[str, Any]:
    """Carry an action out, and return what came of it."""
    Path("/proc/self/clear_refs").write_text("5")
    before, start = _kib("VmRSS"), time.process_time()
    found: dict[str, Any] = {"kinds": [], "message": "", "cause": ""}
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    signal.alarm(WAITING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found["message"] = ACTIONS[action](path)
    except BaseException as error:
        found["kinds"] = [kind.__name__ for kind in type(error).__mro__]
        found["message"] = str(error)
        found["cause"] = type(error.__cause__).__name__
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.alarm(0)
    return {**found, "seconds": time.process_time() - start, "mib": (_kib("VmHWM") - before) / 1024}


def _stop(*_: Any) -> None:
    raise TooSlow


def main() -> None:
    torch.set_num_threads(1)
    signal.signal(signal.SIGALRM, _stop)
    signal.signal(signal.SIGPROF, _stop)
    _kept_model()
    size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + ADDRESS_SPACE, resource.RLIM_INFINITY))
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    print(json.dumps("ready"), file=answers, flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        print(json.dumps(run(**order)), file=answers, flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["save"]:
        save_base(Path(sys.argv[2]))
    else:
        main()
