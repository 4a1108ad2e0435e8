"""`RMSNormalization` against real Keras, torch and its formula."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from torchkeras_compat import layers


def numbers(tensor):
    return tensor.detach().float().cpu().numpy()


@pytest.mark.parametrize(("axis", "shape"), [(-1, (4, 5)), ((-2, -1), (2, 3, 4)), ([-1, -2], (2, 5, 3, 4))])
def test_rms_is_that_of_keras(real_keras, axis, shape):
    ours, real = (space.RMSNormalization(axis=axis, epsilon=0.01) for space in (layers, real_keras.layers))
    ours.build(shape)
    real.build(shape)
    assert [(v.name, v.shape) for v in ours.weights] == [(v.name, v.shape) for v in real.weights]
    scale = np.random.default_rng(0).uniform(0.5, 1.5, ours.scale.shape).astype("float32")
    ours.set_weights([scale])
    real.set_weights([scale])
    x = np.random.default_rng(1).normal(size=shape).astype("float32")
    a, b = torch.tensor(x, requires_grad=True), torch.tensor(x, requires_grad=True)
    y, z = ours(a), real(b)
    np.testing.assert_allclose(numbers(y), numbers(z), rtol=1e-5, atol=1e-6)
    y.square().sum().backward()
    z.square().sum().backward()
    np.testing.assert_allclose(a.grad, b.grad, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(ours.scale.parameter.grad, real.scale.value.grad, rtol=1e-4, atol=1e-5)


def test_rms_over_other_axes_follows_the_formula():
    x = torch.randn(2, 3, 4, 5)
    layer = layers.RMSNormalization(axis=[1, 3])
    expected = x / (x.square().mean(dim=(1, 3), keepdim=True) + 1e-6).sqrt()
    assert torch.allclose(layer(x), expected, atol=1e-5)
    layer = layers.RMSNormalization(axis=-2)
    for shape in ((2, 3, 4), (2, 5, 3, 4)):
        x = torch.randn(shape)
        expected = x / (x.square().mean(dim=-2, keepdim=True) + 1e-6).sqrt()
        assert torch.allclose(layer(x), expected, atol=1e-5)


def test_rms_computes_through_torch():
    layer, twin = layers.RMSNormalization(), nn.RMSNorm(4, eps=1e-6)
    x = torch.randn(2, 3, 4)
    assert torch.equal(layer(x), twin(x))
    assert type(layer.norm) is nn.RMSNorm
    assert layer.scale.parameter is layer.norm.weight


@pytest.mark.parametrize("dtype", ["mixed_bfloat16", "mixed_float16", "float16", "float64"])
def test_precision(real_keras, dtype):
    ours, real = (space.RMSNormalization(dtype=dtype) for space in (layers, real_keras.layers))
    x = np.random.default_rng(1).normal(2.0, 3.0, (4, 6)).astype("float32")
    y, z = ours(x), real(x)
    assert y.dtype is z.dtype
    half = {torch.bfloat16: 0.02, torch.float16: 0.003, torch.float64: 1e-6}[y.dtype]
    np.testing.assert_allclose(numbers(y), numbers(z), rtol=half, atol=half)


@pytest.mark.parametrize("axis", [-1, [1, 2]])
def test_config_round_trip(real_keras, axis):
    ours, real = (space.RMSNormalization(axis=axis, name="n", epsilon=0.1) for space in (layers, real_keras.layers))
    assert ours.get_config() == real.get_config()
    ours.build((2, 3, 4))
    real.build((2, 3, 4))
    assert ours.get_config() == real.get_config()
    assert layers.RMSNormalization.from_config(ours.get_config()).get_config() == ours.get_config()


def test_symbolic_shapes():
    assert layers.RMSNormalization()(layers.Input((None, 3))).shape == (None, None, 3)


@pytest.mark.parametrize(
    ("kwargs", "shape", "error", "words"),
    [
        ({"axis": "last"}, None, TypeError, "axis='last'"),
        ({"epsilon": "small"}, None, TypeError, "epsilon='small'"),
        ({"axis": 3}, (2, 3), ValueError, "axis=.3"),
        ({}, (2, None), ValueError, "sizes of axes"),
    ],
)
def test_bad_arguments(kwargs, shape, error, words):
    with pytest.raises(error, match=words):
        layer = layers.RMSNormalization(**kwargs)
        layer.build(shape)
        layer.compute_output_shape(shape)
