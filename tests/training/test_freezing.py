"""Layers frozen and thawed after `compile`: as in Keras."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import torchkeras_compat as ours

X = np.random.RandomState(0).normal(size=(8, 3)).astype("float32")
Y = X[:, :1]


def trained(keras, optimizer, frozen_first):
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4), keras.layers.Dense(1)])
    model.set_weights([np.linspace(-1, 1, w.size).reshape(w.shape) for w in model.get_weights()])
    model.layers[0].trainable = not frozen_first
    model.compile(optimizer, "mse")
    model.fit(X, Y, batch_size=4, epochs=2, shuffle=False, verbose=0)
    model.layers[0].trainable = frozen_first
    if frozen_first:
        model.compile(optimizer, "mse")  # an optimizer knows the variables that it was built with
    model.fit(X, Y, batch_size=4, epochs=2, shuffle=False, verbose=0)
    return model.get_weights()


@pytest.mark.parametrize("frozen_first", [False, True])
@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_weights_are_those_of_keras(optimizer, frozen_first, real_keras):
    for a, b in zip(trained(ours, optimizer, frozen_first), trained(real_keras, optimizer, frozen_first), strict=True):
        np.testing.assert_allclose(a, b, rtol=2e-5, atol=1e-6)


@pytest.mark.parametrize("make", [torch.optim.SGD, torch.optim.Adam])
def test_a_frozen_layer_stays_as_it_is_under_an_optimizer_of_torch(make):
    model = ours.Sequential([ours.Input((3,)), ours.layers.Dense(4), ours.layers.Dense(1)])
    model.compile(make(model.parameters(), lr=0.1), "mse")
    model.fit(X, Y, verbose=0)
    model.layers[0].trainable = False
    before = [w.copy() for w in model.get_weights()]
    model.fit(X, Y, verbose=0)
    after = model.get_weights()
    np.testing.assert_array_equal(after[0], before[0])
    assert not np.array_equal(after[2], before[2])


def test_freezing_counts_at_once_between_two_batches():
    model = ours.Sequential([ours.Input((3,)), ours.layers.Dense(4), ours.layers.Dense(1)])
    model.compile("adam", "mse")
    model.train_on_batch(X, Y)
    model.layers[0].trainable = False
    frozen = model.get_weights()[0].copy()
    model.train_on_batch(X, Y)
    np.testing.assert_array_equal(model.get_weights()[0], frozen)
    model.layers[0].trainable = True
    model.train_on_batch(X, Y)
    weights = [w.copy() for w in model.get_weights()]
    model.train_on_batch(X, Y)
    found = model.layers[0].kernel.value.grad.clone()
    model.set_weights(weights)
    model.zero_grad()
    torch.nn.functional.mse_loss(model(X), torch.from_numpy(Y)).backward()  # of one batch, not of all since thawing
    torch.testing.assert_close(found, model.layers[0].kernel.value.grad)
