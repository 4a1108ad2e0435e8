"""Modules of old Keras are found under their names."""

from __future__ import annotations

import importlib

import numpy as np
import pytest

from torchkeras_compat.dialects.names.table import MODULES, ROWS

pytestmark = pytest.mark.usefixtures("keras1")


def layer(name: str, *args: object, **arguments: object) -> object:
    return getattr(importlib.import_module("keras.layers"), name)(*args, **arguments)


@pytest.mark.parametrize("path", sorted(MODULES))
def test_old_modules_are_found(path: str) -> None:
    assert dir(importlib.import_module(f"keras.{path}"))


@pytest.mark.parametrize("path", sorted(row.path for row in ROWS))
def test_old_names_are_found(path: str) -> None:
    module, _, name = path.rpartition(".")
    assert callable(getattr(importlib.import_module(f"keras.{module}".rstrip(".")), name))


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
        "from keras.objectives import mean_squared_error\n",
        scope,
    )
    assert scope["Dense"] == layer("Dense", 1).__class__
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


def test_a_name_means_what_it_meant_in_its_version() -> None:
    from keras import backend as K

    prediction, target = np.array([[0.8, 0.2]]), np.array([[1.0, 0.0]])
    np.testing.assert_allclose(K.eval(K.categorical_crossentropy(prediction, target)), [-np.log(0.8)], rtol=1e-5)
