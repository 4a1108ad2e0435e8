"""Model files with any config in them, in each format."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import h5py
import numpy as np

import torchkeras_compat as keras

FORMATS = ("model.keras", "model.h5", "json")


def load(config: Any, name: str, folder: Path, training: Any = None, **options: Any) -> Any:
    """Return what loading a file with this config gives.

    Args:
        config: Config of a model, as ``serialize_keras_object`` gives it.
        name: One of ``FORMATS``: the format of the file.
        folder: Where to write the file.
        training: Settings of ``compile``, for the formats that hold them.
        options: Arguments of the loading function.
    """
    if name == "json":
        return keras.models.model_from_json(json.dumps(config), **options)
    path = folder / name
    if name.endswith(".keras"):
        write_keras(path, {**config, **({} if training is None else {"compile_config": training})})
    else:
        write_h5(path, config, training)
    return keras.models.load_model(path, **options)


def write_keras(path: Path, config: Any, weights: Any = None) -> None:
    """Write a `.keras` file with a config and no weights, or those that ``weights(file)`` writes."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": "3.15.1"}))
        archive.writestr("config.json", config if isinstance(config, (str, bytes)) else json.dumps(config))
        with archive.open("model.weights.h5", "w") as part, h5py.File(_Seekable(), "w") as file:
            if weights is not None:
                weights(file)
            else:
                file.create_group("layers")
            file.flush()
            part.write(file.id.get_file_image())


class _Seekable(io.BytesIO):
    """A file in memory for h5py."""


def write_h5(path: Path, config: Any, training: Any = None) -> None:
    """Write a whole model of the older format with a config and no weights."""
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"] = "3.15.1"
        file.attrs["backend"] = "torch"
        file.attrs["model_config"] = json.dumps(config)
        if training is not None:
            optimizer = training.get("optimizer", {"class_name": "SGD", "config": {}})
            file.attrs["training_config"] = json.dumps({**training, "optimizer_config": optimizer})
        group = file.create_group("model_weights")
        group.attrs["layer_names"] = np.array([], dtype="S")


def sequential(*layers: Any, shape: Any = None) -> dict[str, Any]:
    """The config of a `Sequential` of layers given by their configs; built if the shape of its input is given."""
    config: dict[str, Any] = {"name": "s", "layers": list(layers)}
    if shape is not None:
        first = named("InputLayer", "keras.layers", batch_shape=shape, name="first")
        config = {**config, "layers": [first, *layers], "build_input_shape": shape}
    return {"module": "keras", "class_name": "Sequential", "config": config, "registered_name": None}


def named(cls: str, module: str | None = "keras.layers", **config: Any) -> dict[str, Any]:
    """The config of an object."""
    return {"module": module, "class_name": cls, "config": config, "registered_name": None}


def function(name: str, module: str = "builtins", registered_name: str | None = "function") -> dict[str, Any]:
    """The config of a function."""
    return {"module": module, "class_name": "function", "config": name, "registered_name": registered_name}


def tensor(layer: str, call: int = 0, index: int = 0) -> dict[str, Any]:
    """The config of a symbolic tensor: which output of which call."""
    return {
        "class_name": "__keras_tensor__",
        "config": {"shape": [None, 3], "dtype": "float32", "keras_history": [layer, call, index]},
    }


def functional(entry: dict[str, Any], args: list[Any], kwargs: dict[str, Any] | None = None) -> dict[str, Any]:
    """The config of a functional model of one input and one operation, called as given."""
    first = named("InputLayer", "keras.layers", batch_shape=[None, 3], dtype="float32", name="first")
    node = {"args": args, "kwargs": kwargs or {}}
    return {
        "module": "keras.src.models.functional",
        "class_name": "Functional",
        "config": {
            "name": "f",
            "trainable": True,
            "layers": [
                {**first, "name": "first", "inbound_nodes": []},
                {**entry, "name": "op", "inbound_nodes": [node]},
            ],
            "input_layers": ["first", 0, 0],
            "output_layers": ["op", 0, 0],
        },
        "registered_name": "Functional",
    }
