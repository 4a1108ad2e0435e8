"""Which epochs are validated: as in Keras."""

from __future__ import annotations

import numpy as np
import pytest

import torchkeras_compat as ours

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
