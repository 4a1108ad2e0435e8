"""`SpectralNormalization` against real Keras and against singular values."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat import layers


def numbers(tensor):
    return tensor.detach().cpu().numpy()


@pytest.mark.parametrize("inner", ["Dense", "Embedding"])
def test_kernels_and_outputs_are_those_of_keras(real_keras, inner):
    def make(space):
        layer = space.Dense(3) if inner == "Dense" else space.Embedding(10, 4)
        return space.SpectralNormalization(layer, power_iterations=2)

    ours, real = make(layers), make(real_keras.layers)
    x = np.random.default_rng(0).integers(0, 10, (5, 4)).astype("float32")  # Keras casts the output as the input is
    ours(x)
    real(x)
    assert [(v.name, v.shape, v.trainable) for v in ours.weights] == [
        (v.name, v.shape, v.trainable) for v in real.weights
    ]
    values = [np.random.default_rng(1).normal(size=v.shape).astype("float32") for v in real.weights]
    ours.set_weights(values)
    real.set_weights(values)
    for training in (True, False, True):
        y, z = ours(x, training=training), real(x, training=training)
        np.testing.assert_allclose(numbers(y), numbers(z), rtol=1e-4, atol=1e-5)
        for mine, theirs in zip(ours.weights, real.weights, strict=True):
            np.testing.assert_allclose(mine.numpy(), theirs.numpy(), rtol=1e-4, atol=1e-5)


def test_the_largest_singular_value_becomes_one():
    layer = layers.SpectralNormalization(layers.Dense(4), power_iterations=100)
    x = torch.randn(2, 6)
    y = layer(x, training=True)
    singular = torch.linalg.svdvals(layer.layer.linear.weight.detach())
    assert singular[0].item() == pytest.approx(1.0, abs=1e-4)
    y.sum().backward()
    assert layer.layer.linear.weight.grad is not None
    before = layer.layer.kernel.numpy()
    layer(x, training=False)
    np.testing.assert_array_equal(layer.layer.kernel.numpy(), before)


def test_config_round_trip_and_shapes(real_keras):
    layer = layers.SpectralNormalization(layers.Dense(4), power_iterations=3, name="sn")
    config = layer.get_config()
    assert config["power_iterations"] == 3
    assert config.keys() == real_keras.layers.SpectralNormalization(real_keras.layers.Dense(4)).get_config().keys()
    assert layers.SpectralNormalization.from_config(config).get_config() == config
    assert layers.SpectralNormalization(layers.Dense(4))(layers.Input((6,))).shape == (None, 4)


def test_bad_arguments():
    with pytest.raises(ValueError, match="greater than zero.*power_iterations=0"):
        layers.SpectralNormalization(layers.Dense(2), power_iterations=0)
    with pytest.raises(ValueError, match="Dropout object has no attribute 'kernel' nor 'embeddings'"):
        layers.SpectralNormalization(layers.Dropout(0.5))(torch.zeros(2, 3))


@pytest.mark.parametrize("power_iterations", [1, 3])
def test_a_kernel_of_zeros_stays_zero_and_is_normalized_once_it_is_not(real_keras, power_iterations):
    kernels = []
    for space in (layers, real_keras.layers):
        layer = space.SpectralNormalization(space.Dense(2, kernel_initializer="zeros"), power_iterations)
        layer.build((None, 3))
        layer.vector_u.assign(np.array([[0.3, 0.4]], "float32"))
        assert not numbers(layer(torch.ones(1, 3), training=True)).any()
        assert not numbers(layer.kernel.value).any()
        np.testing.assert_allclose(numbers(layer.vector_u.value), [[0.3, 0.4]], rtol=1e-6)
        layer.kernel.assign(np.arange(6.0, dtype="float32").reshape(3, 2))
        layer(torch.ones(1, 3), training=True)
        kernels.append(numbers(layer.kernel.value))
    np.testing.assert_allclose(*kernels, rtol=1e-4)


def test_normalized_weights_changes_nothing():
    layer = layers.SpectralNormalization(layers.Dense(3), power_iterations=30)
    layer.build((2, 4))
    before = layer.kernel.numpy().copy()
    vector_u, kernel = layer.normalized_weights()
    assert np.array_equal(layer.kernel.numpy(), before) and layer.kernel_shape == (4, 3)
    assert torch.linalg.matrix_norm(kernel, ord=2).item() == pytest.approx(1.0, abs=1e-3)
    layer.normalize_weights()
    torch.testing.assert_close((layer.vector_u.value, layer.kernel.value.detach()), (vector_u, kernel))
