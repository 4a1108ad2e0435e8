"""Code of which nobody knows the version: Keras 3, and what only an older Keras took means what it meant there."""

from __future__ import annotations

import importlib
from collections.abc import Iterator

import numpy as np
import pytest

from torchkeras_compat import layers, optimizers
from torchkeras_compat.dialects.install import install_as_keras
from torchkeras_compat.legacy.activations.hard_sigmoid import hard_sigmoid

pytestmark = pytest.mark.usefixtures("mixed")


@pytest.fixture
def mixed(nothing_imported: None) -> Iterator[None]:
    with install_as_keras("mixed"):
        yield


def make(path: str, *args, **kwargs):
    space, _, name = path.rpartition(".")
    return getattr(importlib.import_module(f"keras.{space}"), name)(*args, **kwargs)


def test_calls_of_keras_3_mean_what_they_mean() -> None:
    assert make("layers.GRU", 3).reset_after is True
    assert make("layers.Conv2D", 8, 3, 3).strides == (3, 3)
    assert float(make("optimizers.Adagrad").learning_rate) == np.float32(0.001)
    assert make("layers.LSTM", 3).recurrent_activation is layers.LSTM(3).recurrent_activation


def test_calls_of_older_versions_mean_what_they_meant() -> None:
    assert make("layers.Dense", output_dim=3, init="uniform").units == 3
    assert make("layers.GRU", output_dim=3).reset_after is False
    assert make("layers.LSTM", output_dim=3).recurrent_activation is hard_sigmoid
    optimizer = make("optimizers.Adagrad", lr=0.1)
    assert float(optimizer.learning_rate) == np.float32(0.1) and type(optimizer) is optimizers.Adagrad
    assert make("layers.Dense", 3, W_regularizer="l2", use_bias=False).kernel_regularizer is not None  # of both


def test_models_take_both() -> None:
    model = make("models.Sequential", [make("layers.Dense", 1, input_dim=2)])
    x, y = np.ones((4, 2)), np.ones((4, 1))
    model.compile("sgd", "mse", ["mae"])
    assert set(model.fit(x, y, nb_epoch=2, verbose=0).history) == {"loss", "mae"}
    assert model.fit(x, y, epochs=1, verbose=0).history["mean_absolute_error"]
    model.compile("sgd", "mse", [2.0], ["mae"])
    assert model._compile_arguments["loss_weights"] == [2.0]
    assert model.layers[0].output_shape == (None, 1)


def test_arguments_that_no_version_had_are_refused() -> None:
    with pytest.raises((TypeError, ValueError), match="nothing"):
        make("layers.Dense", 3, nothing=1)


def test_keras_of_tensorflow_is_tf_keras() -> None:
    assert importlib.import_module("tensorflow.keras").__version__.startswith("2.")
    assert importlib.import_module("keras").__version__.startswith("3.")
