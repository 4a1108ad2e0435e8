"""Calling a layer with given values in place of its variables."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat import layers
from torchkeras_compat.layers.core.dense import Dense


def test_stateless_call_leaves_the_layer_alone(x):
    layer = layers.BatchNormalization(momentum=0.5)
    layer(x)
    before = [w.copy() for w in layer.get_weights()]
    trainable = [torch.full((4,), 2.0), torch.full((4,), 1.0)]
    out, state = layer.stateless_call(trainable, [v.value for v in layer.non_trainable_variables], x, training=True)
    torch.testing.assert_close(out.mean(0), torch.ones(4), rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(state[0], 0.5 * x.mean(0))
    for a, b in zip(before, layer.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_stateless_call_is_differentiable_in_the_given_values(x):
    layer = Dense(2, kernel_regularizer="l2")
    layer(x)
    kernel = torch.ones(4, 2, requires_grad=True)
    y, _, losses = layer.stateless_call([kernel, torch.zeros(2)], [], x, return_losses=True)
    torch.testing.assert_close(y, x @ kernel)
    (y.sum() + losses[0]).backward()
    torch.testing.assert_close(kernel.grad, x.sum(0)[:, None].expand(4, 2) + 0.02)


def test_stateless_call_checks_what_it_is_given(x):
    with pytest.raises(ValueError, match="must be built"):
        Dense(2).stateless_call([], [], x)
    layer = Dense(2)
    layer(x)
    with pytest.raises(ValueError, match="list with length 1, but expected 2 variables"):
        layer.stateless_call([torch.zeros(4, 2)], [], x)
