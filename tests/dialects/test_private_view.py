"""`keras.src` can be imported from in every way."""

from __future__ import annotations

import importlib

import pytest

import torchkeras_compat as tk
from torchkeras_compat.dialects.install import Installation
from torchkeras_compat.dialects.private_view import PrivateView


def test_all_ways_to_import_agree(installed: Installation) -> None:
    scope: dict = {}
    exec(
        "import keras\n"
        "import keras.src.callbacks\n"
        "from keras.src import backend, ops, saving\n"
        "from keras.src.saving import serialization_lib\n"
        "from keras.src.saving.saving_lib import load_model\n"
        "from keras.src.losses.losses import LossFunctionWrapper\n"
        "from keras.src.ops import *\n",
        scope,
    )
    assert scope["keras"].src.callbacks.History is tk.callbacks.History
    assert scope["load_model"] is tk.saving.load_model
    assert scope["backend"].backend() == "torch"
    assert scope["ops"].add is tk.ops.add is scope["add"]
    assert scope["serialization_lib"].in_safe_mode()
    assert issubclass(scope["LossFunctionWrapper"], tk.losses.Loss)


def test_a_function_goes_before_a_module_of_its_name(installed: Installation) -> None:
    assert importlib.import_module("keras.src.activations").activations.relu is tk.activations.relu
    assert isinstance(importlib.import_module("keras.src.backend").common, PrivateView)
    assert importlib.import_module("keras.src.layers").Layer is tk.Layer


@pytest.mark.parametrize(
    "statement",
    [
        "from keras.src.losses import Nonsense",
        "import keras.src.losses.nonsense",
        "from keras.src.saving.saving_lib import DiskIOStore",
        "import keras.src.backend.jax",
    ],
)
def test_the_sentence_comes_through_every_import(installed: Installation, statement: str) -> None:
    with pytest.raises(ImportError, match="is private to Keras and not in torchkeras_compat: import a name"):
        exec(statement)


def test_an_attribute_that_is_not_there_is_none(installed: Installation) -> None:
    backend = importlib.import_module("keras.src.backend")
    assert not hasattr(backend, "nothing")
    assert "get_keras_mask" in dir(backend)
    assert set(backend.__all__) == set(dir(backend))
