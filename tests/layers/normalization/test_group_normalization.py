"""`GroupNormalization` against real Keras and against torch's own group norm."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from torchkeras_compat import layers

CASES = {
    "rows": ((4, 6), {"groups": 3}),
    "steps": ((4, 5, 6), {"groups": 2}),
    "images": ((2, 4, 3, 6), {"groups": 3, "epsilon": 0.1}),
    "images_channels_first": ((2, 6, 4, 3), {"groups": 3, "axis": 1}),
    "one_group": ((2, 4, 3, 6), {"groups": 1}),
    "instance": ((2, 4, 3, 6), {"groups": -1}),
    "no_offset": ((4, 5, 6), {"groups": 2, "center": False}),
    "no_factor": ((4, 5, 6), {"groups": 2, "scale": False}),
    "neither": ((4, 5, 6), {"groups": 2, "center": False, "scale": False}),
}


def twins(real_keras, shape, **kwargs):
    """Our layer and the real one with the same random weights."""
    ours, real = layers.GroupNormalization(**kwargs), real_keras.layers.GroupNormalization(**kwargs)
    ours.build(shape)
    real.build(shape)
    values = [np.random.default_rng(0).uniform(0.5, 1.5, v.shape).astype("float32") for v in ours.weights]
    ours.set_weights(values)
    real.set_weights(values)
    return ours, real


def numbers(tensor):
    return tensor.detach().float().cpu().numpy()


@pytest.mark.parametrize("case", CASES)
def test_outputs_and_gradients_are_those_of_keras(real_keras, case):
    shape, kwargs = CASES[case]
    ours, real = twins(real_keras, shape, **kwargs)
    assert [(v.name, v.shape) for v in ours.weights] == [(v.name, v.shape) for v in real.weights]
    rng = np.random.default_rng(1)
    x = rng.normal(2.0, 3.0, shape).astype("float32")
    a, b = torch.tensor(x, requires_grad=True), torch.tensor(x, requires_grad=True)
    y, z = ours(a), real(b)
    assert y.shape == shape
    np.testing.assert_allclose(numbers(y), numbers(z), rtol=1e-4, atol=1e-4)
    weight = torch.tensor(rng.normal(size=shape), dtype=torch.float32)
    (y * weight).sum().backward()
    (z * weight).sum().backward()
    # Keras takes the variance as the mean square less the squared mean, which rounds more.
    np.testing.assert_allclose(a.grad, b.grad, rtol=1e-2, atol=1e-3)
    for mine, theirs in zip(ours.trainable_variables, real.trainable_variables, strict=True):
        np.testing.assert_allclose(mine.parameter.grad, theirs.value.grad, rtol=1e-3, atol=1e-4)


def test_computes_through_the_group_norm_of_torch():
    layer, twin = layers.GroupNormalization(groups=2, axis=1), nn.GroupNorm(2, 6, eps=1e-3)
    x = torch.randn(2, 6, 4, 3)
    assert torch.equal(layer(x), twin(x))
    assert isinstance(layer.norm, nn.GroupNorm)
    assert layer.beta.parameter is layer.norm.bias


@pytest.mark.parametrize("dtype", ["mixed_bfloat16", "mixed_float16", "float16", "float64"])
def test_precision(real_keras, dtype):
    ours, real = twins(real_keras, (4, 3, 6), groups=2, dtype=dtype)
    # Up to 240,000: more than float16 holds.
    x = np.random.default_rng(1).uniform(2e4, 2.4e5, (4, 3, 6)).astype("float32")
    y, z = ours(x), real(x)
    assert y.dtype is z.dtype
    half = {torch.bfloat16: 0.02, torch.float16: 0.003, torch.float64: 1e-4}[y.dtype]
    np.testing.assert_allclose(numbers(y), numbers(z), rtol=half, atol=half)


@pytest.mark.parametrize("groups", [2, -1])
def test_config_round_trip(real_keras, groups):
    ours, real = (space.GroupNormalization(groups=groups, name="gn") for space in (layers, real_keras.layers))
    assert ours.get_config() == real.get_config()
    ours.build((2, 3, 4))
    real.build((2, 3, 4))
    assert ours.get_config() == real.get_config()
    assert layers.GroupNormalization.from_config(ours.get_config()).get_config() == ours.get_config()


def test_masks_and_symbolic_shapes():
    x = torch.randn(2, 3, 4)
    x._keras_mask = torch.tensor([[True, False, True]] * 2)
    assert torch.equal(layers.GroupNormalization(groups=2)(x)._keras_mask, x._keras_mask)
    assert layers.GroupNormalization(groups=2)(layers.Input((None, None, 4))).shape == (None, None, None, 4)


@pytest.mark.parametrize(
    ("kwargs", "shape", "error", "words"),
    [
        ({"groups": 0}, None, ValueError, "argument `groups`.*groups=0"),
        ({"groups": "32"}, None, ValueError, "groups='32'"),
        ({"groups": 2, "axis": [1]}, None, TypeError, r"axis=\[1\]"),
        ({"groups": 2, "axis": 4}, (2, 3), ValueError, "axis=4"),
        ({"groups": 5}, (2, 4), ValueError, r"groups \(5\) cannot be more than the number of channels \(4\)"),
        ({"groups": 3}, (2, 4), ValueError, r"groups \(3\) must be a multiple"),
        ({"groups": 2}, (4,), ValueError, "batch axis"),
        ({}, (2, None), ValueError, "defined dimension"),
    ],
)
def test_bad_arguments(kwargs, shape, error, words):
    with pytest.raises(error, match=words):
        layers.GroupNormalization(**kwargs).build(shape)
