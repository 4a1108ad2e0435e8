"""Real Keras as the oracle of an application: the same layers in the same order, the same outputs."""

from __future__ import annotations

import contextlib
import copy
import json
import tempfile
import types
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch

import torchkeras_compat
from torchkeras_compat.naming import reset_names

TOLERANCE = 1e-5  # relative to the largest output: float32 sums in another order


def pair(keras: types.ModuleType, model: str, /, **arguments: Any) -> tuple[Any, Any]:
    """The model of ours and that of Keras, made with the same arguments, random weights unless said otherwise."""
    arguments = {"weights": None, **arguments}
    reset_names()
    keras.utils.clear_session()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = getattr(keras.applications, model)(**arguments)
    return getattr(torchkeras_compat.applications, model)(**arguments), theirs


def check_layers(ours: Any, theirs: Any) -> None:
    """Names, classes, configs, connections and weights are those of Keras, in its order."""
    assert ours.name == theirs.name
    mine, other = json.loads(ours.to_json()), json.loads(theirs.to_json())
    for a, b in zip(mine["config"]["layers"], other["config"]["layers"]):
        assert (a["name"], a["class_name"]) == (b["name"], b["class_name"])
        assert not (differences := list(_differences(a["config"], b["config"]))), (a["name"], differences)
        assert _origins(a) == _origins(b), a["name"]
    assert len(mine["config"]["layers"]) == len(other["config"]["layers"])
    for key in ("input_layers", "output_layers"):
        assert mine["config"][key] == other["config"][key]
    assert [layer.name for layer in ours.layers] == [layer.name for layer in theirs.layers]
    shapes = [[(w.path, tuple(w.shape)) for w in model.weights] for model in (ours, theirs)]
    assert shapes[0] == shapes[1]
    assert [w.path for w in ours.trainable_weights] == [w.path for w in theirs.trainable_weights]
    assert (ours.input_shape, ours.output_shape) == (theirs.input_shape, theirs.output_shape)


def _differences(a: Any, b: Any, place: str = "") -> Iterator[tuple[str, Any, Any]]:
    """What differs between two configs, in the settings that both have; the public module of a class does not count."""
    if isinstance(a, dict) and isinstance(b, dict):
        for key in sorted((a.keys() & b.keys()) - {"module"}):
            yield from _differences(a[key], b[key], f"{place}/{key}")
    elif isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        for i, (x, y) in enumerate(zip(a, b)):
            yield from _differences(x, y, f"{place}/{i}")
    elif a != b:
        yield place, a, b


def _origins(layer: dict[str, Any]) -> Any:
    """The calls that the inputs of a layer come from."""
    found: list[Any] = []

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            if "keras_history" in value:
                found.append(value["keras_history"])
            for part in value.values():
                walk(part)
        elif isinstance(value, list):
            for part in value:
                walk(part)

    walk(copy.deepcopy(layer["inbound_nodes"]))
    return found


def randomize(model: Any, seed: int = 0, gain: float = 1.0) -> None:
    """Give a model of Keras weights under which every one of them has its part in the outputs.

    Args:
        model: Model of Keras.
        seed: Which weights.
        gain: Scale of what a normalization gives. Many residual blocks behind each other, with statistics that are not
            those of their inputs, make numbers so large that rounding decides, if it is not small.
    """
    generator = np.random.default_rng(seed)
    for layer in model.layers:
        weights = layer.get_weights()
        if not weights or type(layer).__name__ == "Normalization":
            continue
        names = [w.name for w in layer.weights]
        drawn = [_drawn(generator, name, w) for name, w in zip(names, weights)]
        layer.set_weights([w * gain if name == "gamma" else w for name, w in zip(names, drawn)])


def _drawn(generator: np.random.Generator, name: str, weight: np.ndarray) -> np.ndarray:
    if name in ("gamma", "moving_variance", "variable"):
        return generator.uniform(0.5, 1.5, weight.shape).astype(weight.dtype)
    if name in ("beta", "bias", "moving_mean"):
        return generator.normal(0, 0.1, weight.shape).astype(weight.dtype)
    return weight * generator.uniform(0.5, 1.5, weight.shape).astype(weight.dtype)


def images(model: Any, size: int = 80, seed: int = 0) -> np.ndarray:
    """Two images of the shape that a model takes."""
    shape = [size if n is None else n for n in model.input_shape[1:]]
    return np.random.default_rng(seed).uniform(0, 1, (2, *shape)).astype("float32")


def check_outputs(ours: Any, theirs: Any, x: np.ndarray | None = None) -> float:
    """The outputs agree; returns the largest difference, relative to the largest output."""
    x = images(theirs) if x is None else x
    with torch.no_grad():
        expected = theirs(x, training=False).detach().numpy()
        found = ours(torch.from_numpy(x), training=False).detach().numpy()
    assert found.shape == expected.shape
    difference = float(np.abs(found - expected).max() / np.abs(expected).max())
    assert difference < TOLERANCE, difference
    return difference


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """A folder that is gone at the end."""
    with tempfile.TemporaryDirectory(prefix="applications") as name:
        yield Path(name)


def check_files(
    ours: Any,
    theirs: Any,
    path: Path,
    formats: tuple[str, ...] = (".weights.h5", ".h5", ".keras"),
    gain: float = 1.0,
) -> None:
    """What Keras writes loads here, and what is written here loads in Keras; the outputs are the same.

    Args:
        ours: Model of ours.
        theirs: That of Keras.
        path: Folder for the files.
        formats: Endings of the files.
        gain: That of :func:`randomize`.
    """
    x = images(theirs)
    for ending in formats:
        file = path / f"theirs{ending}"
        _save(theirs, file)
        _forget(ours)
        ours.load_weights(file)
        check_outputs(ours, theirs, x)
        file.unlink()
        back = path / f"ours{ending}"
        _save(ours, back)
        _forget(theirs)
        theirs.load_weights(back)
        check_outputs(ours, theirs, x)
        back.unlink()
        randomize(theirs, seed=1, gain=gain)


def _save(model: Any, file: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        (model.save_weights if file.name.endswith(".weights.h5") else model.save)(str(file))


def _forget(model: Any) -> None:
    """Other weights than any file of the test has."""
    for weight in model.weights:
        weight.assign(np.full(weight.shape, 0.5, "float32"))
