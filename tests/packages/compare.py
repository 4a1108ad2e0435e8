"""``python -m tests.packages.compare PACKAGE [CASE ...]``: run cases on both sides, and print what differs."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from tests.packages.harness import differences

ROOT = Path(__file__).parents[2]


def on_keras(package: str, *names: str) -> dict[str, tuple[Any, str]]:
    """Return the results of cases on Keras with torch; for keras-tcn, which needs TensorFlow, the stored ones."""
    if package != "tcn":
        return run_side(package, "keras", *names)
    stored = json.loads((Path(__file__).parent / "tcn_on_tf_keras.json").read_text())
    return {name: (_arrays(value), "") for name, value in stored.items() if not names or name in names}


def _arrays(value: Any) -> Any:
    if isinstance(value, dict):
        if value.keys() == {"dtype", "values"}:
            return np.array(value["values"], value["dtype"])
        return {key: _arrays(item) for key, item in value.items()}
    return [_arrays(item) for item in value] if isinstance(value, list) else value


def run_side(package: str, side: str, *names: str) -> dict[str, tuple[Any, str]]:
    """Run the cases of a package on one side, in a process of its own, and return their results."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "results.pkl"
        environment = {
            "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])),
            "TORCHKERAS_SHADOW": "0",
            "PYTHONHASHSEED": "0",  # KerasTuner draws in the order of a set
            "MPLBACKEND": "agg",
            "CUDA_VISIBLE_DEVICES": "",
            "TOKENIZERS_PARALLELISM": "false",
        }
        command = [sys.executable, "-m", "tests.packages.run", package, side, str(file), *names]
        subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, check=True)
        return pickle.loads(file.read_bytes())


def judged(expected: tuple[Any, str], found: tuple[Any, str]) -> list[str]:
    """Return what speaks against a case, from its results on Keras and here."""
    if expected[1]:
        return [f"Keras: {expected[1]}"]
    if found[1]:
        return [f"here: {found[1]}"]
    return differences(expected[0], found[0])


def main(package: str, *names: str) -> int:
    """Print what differs, and return the number of cases that do."""
    expected, found = on_keras(package, *names), run_side(package, "torchkeras", *names)
    wrong = 0
    for name in expected:
        faults = judged(expected[name], found[name])
        wrong += bool(faults)
        print(
            "ok  " if not faults else "WRONG",
            name,
            *(fault[-1500:] for fault in faults[:5]),
            sep="\n    " if faults else " ",
        )
    print(f"{len(expected) - wrong} of {len(expected)} agree")
    return wrong


if __name__ == "__main__":
    sys.exit(bool(main(*sys.argv[1:])))
