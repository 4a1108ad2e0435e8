"""Group normalization beside the plain formula, in every memory format, and of groups of one value.

In a child process: torch 2.13's backward pass kills it for channels_last data that needs no gradient.
"""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import torch

from torchkeras_compat import Input, Sequential, layers

SWEEP = """
import torch
from torchkeras_compat import layers

def plain(x, groups, gamma, beta):
    rows = x.double().movedim(-1, 1).reshape(x.shape[0], groups, -1)
    variance, mean = torch.var_mean(rows, -1, correction=0, keepdim=True)
    rows = (rows - mean) / torch.sqrt(variance + 1e-3)
    y = rows.reshape(x.movedim(-1, 1).shape).movedim(1, -1)
    y = y if gamma is None else y * gamma.double()
    return y if beta is None else y + beta.double()

torch.manual_seed(0)
for shape in ((2, 8), (2, 5, 8), (2, 3, 4, 8), (2, 1, 1, 8), (1, 7, 7, 32), (2, 2, 3, 4, 8), (1, 1, 1, 8)):
    for options in ({}, {"scale": False}, {"center": False}, {"scale": False, "center": False}):
        for dtype, tolerance in (("float32", 1e-3), ("float64", 1e-9), ("mixed_bfloat16", 5e-2)):
            for groups in (1, 4, -1):
                for needs_gradient in (False, True):
                    layer = layers.GroupNormalization(groups, dtype=dtype, **options)
                    layer.build(shape)
                    for v in layer.weights:
                        v.assign(torch.randn(v.shape))
                    wide = torch.float64 if dtype == "float64" else torch.float32
                    x = torch.randn(shape, dtype=wide).requires_grad_(needs_gradient)
                    y = layer(x)
                    gamma, beta = (None if v is None else v.parameter for v in (layer.gamma, layer.beta))
                    expected = plain(x, layer.groups, gamma, beta)
                    torch.testing.assert_close(y.double(), expected, rtol=tolerance, atol=tolerance)
                    wanted = [t for t in (x, gamma, beta) if t is not None and t.requires_grad]
                    if wanted:
                        up = torch.randn(shape, dtype=y.dtype)
                        ours = torch.autograd.grad(y, wanted, up)
                        right = torch.autograd.grad(expected, wanted, up.double())
                        for a, b in zip(ours, right):
                            torch.testing.assert_close(a, b, rtol=tolerance, atol=10 * tolerance)
print("alive")
"""


def test_numbers_and_gradients_are_those_of_the_formula_and_the_process_lives_on():
    done = subprocess.run([sys.executable, "-c", SWEEP], capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, "alive"), done.stderr[-2000:]


FIT = """
import numpy as np
from torchkeras_compat import Input, Sequential, layers
frozen = layers.Conv2D(4, 3)
frozen.trainable = False
first = [Input((6, 6, 4)), layers.GroupNormalization(2), layers.Flatten(), layers.Dense(1)]
second = [Input((6, 6, 4)), frozen, layers.GroupNormalization(-1), layers.Flatten(), layers.Dense(1)]
for parts in (first, second):
    model = Sequential(parts)
    model.compile("sgd", "mse")
    model.fit(np.ones((4, 6, 6, 4), "float32"), np.ones((4, 1)), verbose=0)
print("alive")
"""


def test_training_with_it_on_the_data_and_on_a_frozen_layer_lives_on():
    done = subprocess.run([sys.executable, "-c", FIT], capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, "alive"), done.stderr[-2000:]


@pytest.mark.parametrize("shape", [(1, 4), (3, 4), (1, 1, 4), (2, 1, 1, 4)])
def test_a_group_of_one_value_becomes_the_offset(real_keras, shape):
    ours, real = layers.GroupNormalization(-1), real_keras.layers.GroupNormalization(-1)
    for layer in (ours, real):
        layer.build(shape)
        layer.set_weights([np.arange(1.0, 5.0, dtype="float32"), np.arange(2.0, 6.0, dtype="float32")])
    x = torch.full(shape, 1e4, requires_grad=True)
    y = ours(x)
    np.testing.assert_array_equal(y.detach(), np.broadcast_to([2.0, 3.0, 4.0, 5.0], shape))
    np.testing.assert_array_equal(y.detach(), real(x).detach())
    y.sum().backward()
    assert not x.grad.any()
    assert not ours.gamma.parameter.grad.any()
    np.testing.assert_array_equal(ours.beta.parameter.grad, np.full(4, np.prod(shape[:-1])))


def test_one_sample_of_one_value_a_group_trains():
    model = Sequential([Input((4,)), layers.GroupNormalization(4), layers.Dense(1)])
    model.compile("sgd", "mse")
    assert np.isfinite(model.fit(np.ones((1, 4)), np.ones((1, 1)), verbose=0).history["loss"]).all()
