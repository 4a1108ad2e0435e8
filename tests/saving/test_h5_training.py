"""Losses, metrics and optimizers in `.h5` files: in words that Keras 3.15's reader of this format understands."""

from __future__ import annotations

import types
import warnings

import h5py
import numpy as np
import pytest

import torchkeras_compat as ours
from torchkeras_compat.saving.h5_training import training_config

OPTIMIZER = {"module": "keras.optimizers", "class_name": "SGD", "config": {}, "registered_name": None}


@pytest.mark.parametrize(
    ("loss", "written"),
    [
        ("mse", "mean_squared_error"),
        ("KLD", "kl_divergence"),
        ("huber", "huber"),
        (["mse", None], ["mean_squared_error", None]),
        ({"a": "mae"}, {"a": "mean_absolute_error"}),
        ({"module": "builtins", "class_name": "function", "config": "own>f"},) * 2,
    ],
)
def test_losses_have_names_that_keras_finds(loss, written):
    assert training_config({"optimizer": OPTIMIZER, "loss": loss})["loss"] == written


@pytest.mark.parametrize("name", ["mse", "AUC", "mean_absolute_error", "kld"])
def test_metrics_keep_the_name_of_their_logs(real_keras: types.ModuleType, name: str) -> None:
    (entry,) = training_config({"optimizer": OPTIMIZER, "metrics": [name]})["metrics"]
    assert ours.metrics.deserialize(entry).name == name
    assert real_keras.metrics.deserialize(entry).name == name


@pytest.mark.parametrize("name", ["accuracy", "ce", "huber"])
def test_metrics_that_keras_chooses_or_knows_as_functions_stay_names(name):
    assert training_config({"optimizer": OPTIMIZER, "metrics": [[name]]})["metrics"] == [[name]]


def test_optimizers_of_others_say_where_they_come_from():
    entry = {"module": None, "class_name": "Mine", "config": {}, "registered_name": "pkg>Mine"}
    assert training_config({"optimizer": entry})["optimizer_config"] == entry
    assert training_config({"optimizer": OPTIMIZER})["optimizer_config"] == {"class_name": "SGD", "config": {}}


def test_keras_compiles_the_model_of_a_file_and_trains_it(real_keras: types.ModuleType, tmp_path) -> None:
    model = ours.Sequential([ours.Input((3,)), ours.layers.Dense(1)])
    model.compile(ours.optimizers.Adam(0.1), ours.losses.mean_squared_error, metrics=["mae"], weighted_metrics=["mse"])
    x, y = np.ones((4, 3), "float32"), np.zeros((4, 1), "float32")
    model.train_on_batch(x, y)
    path = str(tmp_path / "a.h5")
    model.save(path)
    with h5py.File(path) as file:
        # Keras 3 makes an optimizer for no variables where it finds this group, and cannot train afterwards.
        assert "optimizer_weights" not in file
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        loaded = real_keras.models.load_model(path)
    expected, found = (m.train_on_batch(x, y, return_dict=True) for m in (model, loaded))
    assert sorted(found) == sorted(expected)
    again = ours.models.load_model(path)
    assert again.optimizer.iterations == 1
    np.testing.assert_allclose(again.train_on_batch(x, y), list(expected.values()), rtol=1e-5)
