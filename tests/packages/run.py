"""``python -m tests.packages.run PACKAGE SIDE FILE``: run the cases of a package on one side, and store the results.

SIDE is ``keras``, for Keras with torch, ``torchkeras``, or, for keras-tcn, ``tf.keras``. The file is a pickle of
``{case: (result, error)}``; one that ends in `.json` has the results alone, rounded.
"""

from __future__ import annotations

import importlib
import json
import os
import pickle
import random
import sys
import time
import traceback
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from tests.packages.harness import CASES, plain


def results(package: str, names: list[str]) -> dict[str, tuple[Any, str]]:
    """Run cases and return what they gave, or the traceback of their error, with the seconds that they took."""
    importlib.import_module(f"tests.packages.cases_{package}")
    keras: Any = importlib.import_module("tensorflow").keras if package == "tcn" else importlib.import_module("keras")
    found: dict[str, tuple[Any, str]] = {}
    for name, function in CASES.items():
        if names and name not in names:
            continue
        random.seed(0)
        np.random.seed(0)
        keras.utils.set_random_seed(0)
        keras.backend.clear_session()
        start = time.perf_counter()
        try:
            found[name] = (plain(function()), "")
        except Exception:
            found[name] = (None, traceback.format_exc())
        if os.environ.get("VERBOSE"):
            print(name, f"{time.perf_counter() - start:.1f} s", found[name][1][-300:], file=sys.stderr)
    return found


def main(package: str, side: str, file: str, *names: str) -> None:
    """Run the cases of a package on one side."""
    os.environ["KERAS_BACKEND"] = "torch"
    warnings.simplefilter("ignore")
    if side == "torchkeras":
        from torchkeras_compat.dialects import (
            shadow_finder,  # what `torchkeras-compat shadow` has Python do at its start
        )

        os.environ["TORCHKERAS_SHADOW"] = "1"
        shadow_finder.install(*(("keras", "tf_keras", "tensorflow") if package == "tcn" else ("keras", "tf_keras")))
    found = results(package, list(names))
    if file.endswith(".json"):
        failed = {name: error for name, (_, error) in found.items() if error}
        if failed:
            sys.exit(str(failed))
        Path(file).write_text(json.dumps({name: rounded(value) for name, (value, _) in found.items()}) + "\n")
    else:
        Path(file).write_bytes(pickle.dumps(found))


def rounded(value: Any) -> Any:
    """Return a result as JSON holds it."""
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [rounded(item) for item in value]
    if isinstance(value, np.ndarray):
        return {
            "dtype": str(value.dtype),
            "values": np.round(value, 5).tolist() if value.dtype.kind == "f" else value.tolist(),
        }
    return value


if __name__ == "__main__":
    main(*sys.argv[1:])
