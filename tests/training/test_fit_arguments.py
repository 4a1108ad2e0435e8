"""What `fit` received: what plugins see of it, and which epochs are validated, as in Keras."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import torchkeras_compat as ours
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


def test_settings_are_a_mapping_that_nobody_changes():
    settings = FitSettings(epochs=3, batch_size=8)
    names = ["epochs", "initial_epoch", "batch_size", "steps_per_epoch", "validation_split", "validation_freq"]
    assert list(settings) == [*names, "shuffle", "verbose"]
    assert dict(settings) == settings and settings["epochs"] == settings.epochs == 3
    assert settings.get("x") is None and len(settings) == 8
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.epochs = 4
    with pytest.raises(TypeError):
        settings["epochs"] = 4


@pytest.mark.parametrize("name", ["epochs", "initial_epoch"])
@pytest.mark.parametrize("value", [-1, True, 1.0])
def test_numbers_of_epochs_are_checked(name, value):
    with pytest.raises(ValueError, match=f"`{name}` of `fit` is an int.*{name}={value!r}"):
        FitSettings(**{name: value}).check()
