"""Saving and loading of models: time, and peak memory. From `.h5` files Keras 3 loads no state of the optimizer."""

from __future__ import annotations

import os
import time
from typing import Any

import numpy as np

from .memory import peak

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


def figures(keras: Any, name: str, action: str, path: str) -> dict[str, float]:
    """Save to or load from a file, after a small one, and return seconds, those of the processor, and MiB.

    Args:
        keras: The namespace.
        name: Name of the model.
        action: ``"save"`` or ``"load"``.
        path: File; what is to be loaded lies there.
    """
    ending = next(end for end in FORMATS[::-1] if path.endswith(f".{end}"))
    small, small_path = model(keras, SMALL), f"{path}.small.{ending}"
    save(small, small_path)
    small.load_weights(small_path) if ending == "weights.h5" else keras.saving.load_model(small_path)
    os.remove(small_path)
    made = model(keras, name) if action == "save" or ending == "weights.h5" else None
    with peak() as memory:
        start, used = time.perf_counter(), time.process_time()
        if action == "save":
            save(made, path)
        elif made is not None:
            made.load_weights(path)
        else:
            made = keras.saving.load_model(path)
        found = {"seconds": time.perf_counter() - start, "processor": time.process_time() - used}
    return {**found, **memory}
