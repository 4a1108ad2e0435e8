"""`TimeDistributed` against real Keras."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from torchkeras_compat import layers


def random(*shape: int) -> np.ndarray:
    return np.random.standard_normal(shape).astype("float32")


def with_same_weights(real: Any, ours: Any, shape: tuple[int, ...]) -> None:
    real.build(shape)
    ours.build(shape)
    values = [random(*v.shape) for v in real.weights]
    real.set_weights(values)
    ours.set_weights(values)


def test_a_dense_layer_on_every_step(real_keras: Any) -> None:
    real = real_keras.layers.TimeDistributed(real_keras.layers.Dense(4, "relu", name="each"), name="steps")
    ours = layers.TimeDistributed(layers.Dense(4, "relu", name="each"), name="steps")
    with_same_weights(real, ours, (2, 3, 5))
    x = random(2, 3, 5)
    torch.testing.assert_close(ours(x), real(x))
    assert [v.path for v in ours.weights] == [v.path for v in real.weights]
    assert layers.TimeDistributed.from_config(ours.get_config()).get_config() == ours.get_config()


def test_a_recurrent_layer_on_every_step_gets_its_part_of_the_mask(real_keras: Any) -> None:
    real = real_keras.layers.TimeDistributed(real_keras.layers.LSTM(4))
    ours = layers.TimeDistributed(layers.LSTM(4))
    with_same_weights(real, ours, (2, 3, 6, 5))
    x, mask = random(2, 3, 6, 5), np.random.random((2, 3, 6)) > 0.5
    torch.testing.assert_close(ours(x, mask=mask), real(x, mask=mask), atol=1e-6, rtol=1e-5)


def test_batch_norm_takes_the_statistics_of_each_step(real_keras: Any) -> None:
    norm = getattr(layers, "BatchNormalization", None)
    if norm is None:
        pytest.skip("there is no batch normalization yet")
    real = real_keras.layers.TimeDistributed(real_keras.layers.BatchNormalization())
    ours = layers.TimeDistributed(norm())
    x = 3 * random(8, 3, 5) + 1
    for training in (True, False):
        torch.testing.assert_close(ours(x, training=training), real(x, training=training), atol=1e-5, rtol=1e-4)
    for a, b in zip(real.weights, ours.weights, strict=True):
        torch.testing.assert_close(b.value, a.value, atol=1e-6, rtol=1e-5)


def test_the_mask_goes_on() -> None:
    x = layers.Embedding(5, 3, mask_zero=True)(torch.tensor([[1, 0], [2, 3]]))
    assert layers.TimeDistributed(layers.Dense(2))(x)._keras_mask.tolist() == [[True, False], [True, True]]


def test_unknown_axes_stay_unknown() -> None:
    layer = layers.TimeDistributed(layers.Dense(2))
    assert layer(layers.Input((None, 5))).shape == (None, None, 2)
    assert layer.compute_output_shape((4, None, None, 5)) == (4, None, None, 2)


def test_a_torch_module_on_every_step() -> None:
    linear = torch.nn.Linear(5, 2)
    x = torch.randn(2, 3, 5)
    torch.testing.assert_close(layers.TimeDistributed(linear)(x), linear(x))


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="Received: 3"):
        layers.TimeDistributed(3)
    layer = layers.TimeDistributed(layers.Dense(2))
    with pytest.raises(ValueError, match=r"at least 3 dimensions, received: \(2, 5\)"):
        layer(torch.zeros(2, 5))
    with pytest.raises(ValueError, match=r"Expected \(2, 3, ...\), received \(2, 4\)"):
        layer(torch.zeros(2, 3, 5), mask=torch.ones(2, 4, dtype=torch.bool))
