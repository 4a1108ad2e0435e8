"""``tf.saved_model``: whole models in a folder.

Written is what this package reads itself, a `.keras` file in the folder; and, where TensorFlow is installed, the
SavedModel beside it that ``Model.export`` makes.
"""

from __future__ import annotations

import os
import shutil
from typing import Any

from torchkeras_compat.dialects.tensorflow.errors import DataLossError, NotFoundError
from torchkeras_compat.dialects.tensorflow.io.gfile import local
from torchkeras_compat.export.converters import is_installed
from torchkeras_compat.export.saved_model_format import export_saved_model
from torchkeras_compat.export.signature import signature_of
from torchkeras_compat.public_names import named
from torchkeras_compat.saving.saving_and_loading import load_model, save_model

MODEL_FILE = "model.keras"
_OF_TENSORFLOW = ("saved_model.pb", "saved_model.pbtxt")

ASSETS_DIRECTORY = "assets"
VARIABLES_DIRECTORY = "variables"
SAVED_MODEL_FILENAME_PB = "saved_model.pb"
SERVING = "serve"
DEFAULT_SERVING_SIGNATURE_DEF_KEY = "serving_default"


class SaveOptions:
    """Settings of saving, of which none has an effect here.

    Args:
        **kwargs: ``experimental_io_device``, ``function_aliases``, ...
    """

    def __init__(self, **kwargs: Any) -> None:
        self.settings = kwargs


class LoadOptions(SaveOptions):
    """Settings of loading, of which none has an effect here.

    Args:
        **kwargs: ``allow_partial_checkpoint``, ...
    """


def save(obj: Any, export_dir: Any, signatures: Any = None, options: Any = None) -> None:
    """Write a model into a folder, for :func:`load`, and for TensorFlow where that is installed.

    Args:
        obj: A Keras model that is built.
        export_dir: The folder; a model in it is replaced.
        signatures: Only None: the model's call is what is saved.
        options: Nothing to decide.

    Raises:
        TypeError: ``obj`` is not a Keras model.
        ValueError: ``signatures`` are given.

    Source: TensorFlow API, saved_model/save.
    """
    if not isinstance(obj, named("models.Model")):
        raise TypeError(
            f"`tf.saved_model.save` saves Keras models here. Received: {type(obj).__name__}. `tf.train.Checkpoint` "
            "saves the variables of other objects."
        )
    if signatures is not None:
        raise ValueError("`signatures` must be None: use `keras.export.ExportArchive` to save several functions.")
    folder = local(export_dir)
    if is_installed("tensorflow"):
        export_saved_model(obj, folder, signature_of(obj))
    elif os.path.isdir(folder):
        for name in _OF_TENSORFLOW:  # of another model
            if os.path.exists(os.path.join(folder, name)):
                shutil.rmtree(folder)
                break
    os.makedirs(folder, exist_ok=True)
    save_model(obj, os.path.join(folder, MODEL_FILE), overwrite=True)


def load(export_dir: Any, tags: Any = None, options: Any = None) -> Any:
    """Return the model that :func:`save` wrote.

    Args:
        export_dir: The folder.
        tags: Nothing to decide.
        options: Nothing to decide.

    Raises:
        NotFoundError: there is no model.
        DataLossError: TensorFlow wrote it.

    Source: TensorFlow API, saved_model/load.
    """
    folder = local(export_dir)
    path = os.path.join(folder, MODEL_FILE)
    if os.path.exists(path):
        return load_model(path)
    if contains_saved_model(folder):
        raise DataLossError(
            f"{folder!r} is a SavedModel that TensorFlow wrote, a program of TensorFlow, which cannot be run here. "
            "`tf.keras.models.load_model` makes the model of it where Keras saved it. Else load it with TensorFlow, by "
            "Keras, and write it with `model.save('model.keras')`."
        )
    raise NotFoundError(f"SavedModel file does not exist at: {folder}")


def contains_saved_model(export_dir: Any) -> bool:
    """Return whether a folder holds a model: one of :func:`save`, or of TensorFlow.

    Args:
        export_dir: The folder.
    """
    folder = local(export_dir)
    return any(os.path.exists(os.path.join(folder, name)) for name in (MODEL_FILE, *_OF_TENSORFLOW))
