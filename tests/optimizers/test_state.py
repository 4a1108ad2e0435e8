"""The variables of an optimizer: layout, devices, and the state that Keras stored."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.optimizers.against_keras import gradients
from torchkeras_compat import layers, optimizers
from torchkeras_compat.variables import Variable


def test_the_state_of_keras_goes_on_here(real_keras):
    ours, theirs = optimizers.Nadam(0.1), real_keras.optimizers.Nadam(0.1)
    start = np.ones((2, 3), dtype="float32")
    mine, other = Variable(start), real_keras.Variable(start)
    for gradient in gradients()[:3]:
        theirs.apply([torch.tensor(gradient)], [other])
    store: dict[str, np.ndarray] = {}
    theirs.save_own_variables(store)
    mine.assign(other.value.detach())
    ours.build([mine])
    ours.load_own_variables(store)
    for gradient in gradients()[3:]:
        ours.apply([torch.tensor(gradient)], [mine])
        theirs.apply([torch.tensor(gradient)], [other])
    np.testing.assert_allclose(mine.numpy(), other.value.detach().numpy(), rtol=1e-5)


def test_gradients_and_slots_have_keras_layout():
    dense = layers.Dense(2)
    dense.build((None, 3))
    optimizer = optimizers.Adam(0.1)
    optimizer.build([dense.kernel])
    gradient = torch.arange(6.0).reshape(3, 2)
    before = dense.kernel.numpy()
    optimizer.apply([gradient], [dense.kernel])
    momentum = optimizer.variables[2]
    assert momentum.shape == (3, 2)
    np.testing.assert_allclose(momentum.numpy(), 0.1 * gradient.numpy(), rtol=1e-6)
    change = before - dense.kernel.numpy()
    np.testing.assert_allclose(change, 0.1 * np.sign(gradient.numpy()), atol=1e-5)


@pytest.mark.cuda
def test_moved_models_take_their_slots_along():
    weight = torch.nn.Parameter(torch.ones(2))
    optimizer = optimizers.Adagrad(0.1, params=[weight])
    weight.grad = torch.ones(2)
    optimizer.step()
    weight.data = weight.data.cuda()
    weight.grad = torch.ones(2, device="cuda")
    optimizer.step()
    assert {v.device.type for v in optimizer.variables[2:]} == {"cuda"}
