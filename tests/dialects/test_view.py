"""Modules of old Keras are found under their names."""

from __future__ import annotations

import importlib

import numpy as np
import pytest

from torchkeras_compat.dialects import keras1, keras2
from torchkeras_compat.dialects.install import Installation
from torchkeras_compat.dialects.view import make_view

pytestmark = pytest.mark.usefixtures("installed")


def layer(name: str, *args: object, **arguments: object) -> object:
    return getattr(importlib.import_module("keras.layers"), name)(*args, **arguments)


@pytest.mark.parametrize("path", sorted({*keras1.MODULES, *keras2.MODULES}))
def test_old_modules_are_found(path: str, installed: Installation) -> None:
    if all(make_view(f"keras.{space}" if space else "keras", installed._patches) for space in keras_spaces(path)):
        assert importlib.import_module(f"keras.{path}")


def keras_spaces(path: str) -> tuple[str, ...]:
    return {**keras1.MODULES, **keras2.MODULES}[path]


def test_imports_of_old_notes_work() -> None:
    scope: dict = {}
    exec(
        "from keras.layers.core import Dense, Dropout, Activation, Flatten\n"
        "from keras.layers.convolutional import Convolution2D, MaxPooling2D\n"
        "from keras.layers.recurrent import LSTM\n"
        "from keras.layers.embeddings import Embedding\n"
        "from keras.layers.normalization import BatchNormalization\n"
        "from keras.layers.advanced_activations import LeakyReLU\n"
        "from keras.utils.np_utils import to_categorical\n"
        "from keras.utils import np_utils\n"
        "from keras.optimizers import SGD, adam\n"
        "from keras.optimizers.legacy import Adam\n"
        "from keras import backend as K\n"
        "from keras.objectives import mse\n",
        scope,
    )
    assert scope["Dense"] is layer("Dense", 1).__class__
    np.testing.assert_array_equal(scope["to_categorical"]([1], nb_classes=2), [[0, 1]])
    assert scope["np_utils"].to_categorical([0], 2).shape == (1, 2)
    assert issubclass(scope["Adam"], scope["adam"])
    assert scope["K"].epsilon() == 1e-7


def test_a_module_without_a_view_is_a_name_that_does_not_exist() -> None:
    backend = importlib.import_module("keras.backend")
    assert "nn" in dir(backend)  # of the namespace `ops` behind it
    with pytest.raises(AttributeError, match="has no name 'nn'") as error:
        _ = backend.nn
    assert "'nn'" not in str(error.value).partition("Did you mean")[2]
