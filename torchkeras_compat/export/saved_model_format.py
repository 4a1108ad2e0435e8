"""TensorFlow's SavedModel, written by Keras itself on TensorFlow in a process of its own.

TensorFlow has no reader for programs of PyTorch. What it has is Keras, which reads the `.keras` files of this package.
"""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from torchkeras_compat.dtypes.names import standardize_dtype
from torchkeras_compat.export.converters import converter, is_installed
from torchkeras_compat.export.signature import Spec
from torchkeras_compat.saving.atomic import folder_written_whole, work_folder
from torchkeras_compat.saving.saving_and_loading import save_model

INSTALL = "pip install tensorflow keras"
SERVE = "serve"
_SCRIPT = Path(__file__).with_name("saved_model_script.py")


@dataclasses.dataclass
class ServedModel:
    """A model's call under a name.

    Attributes:
        name: Name of the endpoint.
        model: The model.
        arguments: `Spec`s of its positional arguments.
        training: Its ``training`` argument.
    """

    name: str
    model: Any
    arguments: tuple[Any, ...]
    training: bool | None = None


def export_saved_model(model: Any, path: str, arguments: tuple[Any, ...]) -> None:
    """Write a model as a SavedModel with the endpoint ``serve``; see :func:`write_saved_model`."""
    write_saved_model([ServedModel(SERVE, model, arguments)], path)


def write_saved_model(
    endpoints: list[ServedModel], path: str, collections: dict[str, list[tuple[Any, int]]] | None = None
) -> None:
    """Write a folder that TensorFlow reads, by Keras on TensorFlow in a process of its own.

    Args:
        endpoints: What can be called; the first is ``serving_default`` too.
        path: Name of the folder.
        collections: Lists of variables, each by its model and its position in ``variables``.

    Raises:
        ImportError: tensorflow or Keras is not installed.
        ValueError: an endpoint calls something other than a model of layers that Keras has.
        RuntimeError: Keras cannot read the model, or TensorFlow not write it.
    """
    require_tensorflow()
    collections = collections or {}
    models: list[Any] = []
    for model in [e.model for e in endpoints] + [m for part in collections.values() for m, _ in part]:
        if not any(model is other for other in models):
            models.append(model)
    position = {id(model): i for i, model in enumerate(models)}
    with folder_written_whole(path) as folder, work_folder(Path(os.path.realpath(f"{path}.request"))) as scratch:
        request: dict[str, Any] = {
            "output": os.fspath(folder),
            "models": [os.fspath(scratch / f"model_{i}.keras") for i in range(len(models))],
            "endpoints": [
                {
                    "name": e.name,
                    "model": position[id(e.model)],
                    "training": e.training,
                    "signature": [_described(argument) for argument in e.arguments],
                }
                for e in endpoints
            ],
            "collections": {k: [[position[id(m)], i] for m, i in part] for k, part in collections.items()},
        }
        for model, name in zip(models, request["models"]):
            save_model(model, name)
        _run(request, scratch / "request.json")


def require_tensorflow() -> None:
    """Raise the ImportError that says what to install, where it is not."""
    if not (is_installed("tensorflow") and is_installed("keras")):
        converter("A TensorFlow SavedModel", ("tensorflow", "keras"), INSTALL)


def _described(argument: Any) -> Any:
    if isinstance(argument, Spec):
        return {"shape": list(argument.shape), "dtype": standardize_dtype(argument.dtype), "name": argument.name}
    if isinstance(argument, dict):
        return {"entries": {key: _described(value) for key, value in argument.items()}}
    return [_described(value) for value in argument]


def _run(request: dict[str, Any], path: Path) -> None:
    path.write_text(json.dumps(request))
    surroundings = {**os.environ, "KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3"}
    # Without the folder of the script among the places to import from (-P): its neighbours have common names.
    command = [sys.executable, "-P", os.fspath(_SCRIPT), os.fspath(path)]
    done = subprocess.run(command, env=surroundings, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        raise RuntimeError(
            "Keras on TensorFlow cannot write the SavedModel. It reads the model from a `.keras` file, so that all"
            " layers must be Keras's own; a model with layers of your own can be exported with `format='torch'` or"
            f" 'onnx'. It says: {' '.join(lines[-3:])[-800:]}"
        )
