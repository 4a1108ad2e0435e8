"""What `fit` received: which epochs are validated, as in Keras, and what plugins see."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest

import torchkeras_compat as ours
from torchkeras_compat import layers
from torchkeras_compat.plugins import isolated_plugins
from torchkeras_compat.training.fit_arguments import FitSettings

X, Y = np.ones((4, 2), "float32"), np.ones((4, 1), "float32")


def validated(keras, **options):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    found = []
    end = keras.callbacks.LambdaCallback(on_epoch_end=lambda e, logs: found.append((e, "val_loss" in logs)))
    model.fit(X, Y, epochs=6, validation_data=(X, Y), verbose=0, callbacks=[end], **options)
    return found


@pytest.mark.parametrize(
    "options", [{"validation_freq": 2}, {"validation_freq": 2, "initial_epoch": 1}, {"validation_freq": [1, 4]}]
)
def test_epochs_are_those_of_keras(options, real_keras):
    assert validated(ours, **options) == validated(real_keras, **options)


@pytest.mark.parametrize("value", [0, -1, True, 1.5, "2"])
def test_other_values_are_refused(value):
    with pytest.raises(ValueError, match=f"validation_freq={value!r}"):
        validated(ours, validation_freq=value)


def test_nobody_changes_the_settings():
    settings = FitSettings(epochs=3, batch_size=8)
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.epochs = 4
    settings.as_dict()["epochs"] = 4
    assert settings.epochs == 3


def test_plugins_see_a_dict_by_the_names_of_the_arguments():
    seen = []
    before = {"epochs": 3, "initial_epoch": 0, "batch_size": 8, "steps_per_epoch": None, "validation_split": 0.0}

    def torchkeras_before_train(model, settings):
        seen.append(json.dumps(settings))
        settings["mine"] = 1

    def torchkeras_after_train(model, settings):
        seen.append(settings | {"last": True})

    model = ours.Sequential([ours.Input((2,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    with isolated_plugins(torchkeras_before_train, torchkeras_after_train):
        model.fit(X, Y, epochs=3, batch_size=8, verbose=0)
    expected = before | {"validation_freq": 1, "shuffle": True, "verbose": 0}
    assert seen == [json.dumps(expected), expected | {"mine": 1, "last": True}]
    assert len(model.history.epoch) == 3


@pytest.mark.parametrize("name", ["epochs", "initial_epoch"])
@pytest.mark.parametrize("value", [-1, True, 1.0])
def test_numbers_of_epochs_are_checked(name, value):
    with pytest.raises(ValueError, match=f"`{name}` of `fit` is an int.*{name}={value!r}"):
        FitSettings(**{name: value}).check()
