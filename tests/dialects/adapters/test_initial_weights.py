"""``weights=[...]`` of every layer, by the classes that a dialect hands out."""

from __future__ import annotations

import numpy as np
import torch

from torchkeras_compat import layers
from torchkeras_compat.dialects.install import Installation


def test_keras_1(keras1: Installation) -> None:
    from keras.layers import LSTM, Convolution1D, Convolution2D, Dense  # type: ignore[import-not-found]

    layer = Dense(3, input_dim=3, weights=[np.eye(3), np.zeros(3)])
    assert type(layer) is layers.Dense and layer(torch.ones(1, 3)).tolist() == [[1.0, 1.0, 1.0]]
    kernel = np.random.randn(2, 1, 4, 3)
    layer = Convolution1D(3, 2, weights=[kernel, np.zeros(3)], input_dim=4, input_length=5)
    layer.build((None, 5, 4))
    np.testing.assert_allclose(layer.get_weights()[0], kernel[:, 0], rtol=1e-6)
    kernel = np.random.randn(3, 4, 2, 2)
    layer = Convolution2D(3, 2, 2, weights=[kernel, np.zeros(3)], dim_ordering="th")
    layer.build((None, 4, 5, 5))
    np.testing.assert_allclose(layer.get_weights()[0], kernel.transpose(2, 3, 1, 0), rtol=1e-6)
    gates = [np.random.randn(*shape) for _ in range(4) for shape in ((4, 3), (3, 3), (3,))]
    layer = LSTM(3, weights=gates)
    layer.build((None, 5, 4))
    np.testing.assert_allclose(layer.get_weights()[0][:, :3], gates[0], rtol=1e-6)


def test_keras_2(keras2: Installation) -> None:
    from keras.layers import BatchNormalization, Conv2D, Embedding

    kernel = np.random.randn(2, 2, 4, 3)
    layer = Conv2D(3, (2, 2), weights=[kernel, np.zeros(3)])
    layer.build((None, 5, 5, 4))
    np.testing.assert_allclose(layer.get_weights()[0], kernel, rtol=1e-6)
    layer = BatchNormalization(weights=[np.full(2, v) for v in (2.0, 3.0, 4.0, 5.0)])
    layer.build((None, 2))
    assert [w.tolist() for w in layer.get_weights()] == [[2.0] * 2, [3.0] * 2, [4.0] * 2, [5.0] * 2]
    table = np.random.randn(5, 2)
    np.testing.assert_allclose(Embedding(5, 2, weights=[table]).get_weights()[0], table, rtol=1e-6)
