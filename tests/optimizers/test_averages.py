"""Exponential moving averages of the weights."""

from __future__ import annotations

import numpy as np


def test_averages_are_in_the_model_when_fit_ends(real_keras):
    def train(keras) -> np.ndarray:
        model = keras.Sequential([keras.layers.Dense(2, kernel_initializer="ones", use_bias=False)])
        model.compile(keras.optimizers.SGD(0.1, use_ema=True, ema_momentum=0.9), "mse")
        model.fit(np.ones((4, 3), dtype="float32"), np.zeros((4, 2), dtype="float32"), epochs=3, verbose=0)
        return np.asarray(model.get_weights()[0])

    import torchkeras_compat

    np.testing.assert_allclose(train(torchkeras_compat), train(real_keras), rtol=1e-5)
