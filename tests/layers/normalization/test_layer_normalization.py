"""`LayerNormalization` against real Keras and against torch's own layer norm."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
import torch
from torch import nn

import torchkeras_compat
from torchkeras_compat import Input, Sequential, layers

CASES = {
    "last": ((4, 5), {}),
    "last_of_three": ((4, 6, 5), {"epsilon": 0.1}),
    "two_last": ((4, 6, 5), {"axis": [-2, -1]}),
    "unsorted": ((4, 6, 5), {"axis": (-1, -2)}),
    "first_and_last": ((4, 3, 2, 5), {"axis": [1, 3]}),
    "first_and_last_from_either_end": ((4, 3, 2, 5), {"axis": [1, -1]}),
    "last_before_first": ((4, 3, 2, 5), {"axis": (-1, 1), "epsilon": 0.1}),
    "three_from_either_end": ((4, 3, 2, 5), {"axis": [2, -1, 1]}),
    "no_offset": ((4, 5), {"center": False}),
    "no_factor": ((4, 5), {"scale": False}),
    "neither": ((4, 5), {"center": False, "scale": False}),
}


def twins(real_keras, shape, seed=0, **kwargs):
    """Our layer and the real one with the same random weights."""
    ours, real = layers.LayerNormalization(**kwargs), real_keras.layers.LayerNormalization(**kwargs)
    ours.build(shape)
    real.build(shape)
    rng = np.random.default_rng(seed)
    values = [rng.uniform(0.5, 1.5, v.shape).astype("float32") for v in ours.weights]
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
    assert len(list(ours.parameters())) == len(ours.weights)
    rng = np.random.default_rng(1)
    x = rng.normal(2.0, 3.0, shape).astype("float32")
    a, b = torch.tensor(x, requires_grad=True), torch.tensor(x, requires_grad=True)
    y, z = ours(a), real(b)
    assert y.shape == shape
    np.testing.assert_allclose(numbers(y), numbers(z), rtol=1e-4, atol=1e-5)
    weight = torch.tensor(rng.normal(size=shape), dtype=torch.float32)
    (y * weight).sum().backward()
    (z * weight).sum().backward()
    np.testing.assert_allclose(a.grad, b.grad, rtol=1e-3, atol=1e-4)
    for mine, theirs in zip(ours.trainable_variables, real.trainable_variables, strict=True):
        np.testing.assert_allclose(mine.layout.to_keras(mine.parameter.grad), theirs.value.grad, rtol=1e-3, atol=1e-4)


def test_computes_through_the_layer_norm_of_torch():
    layer, twin = layers.LayerNormalization(axis=[-2, -1]), nn.LayerNorm((3, 4), eps=1e-3)
    x = torch.randn(2, 3, 4)
    assert torch.equal(layer(x), twin(x))
    assert type(layer.norm) is nn.LayerNorm
    assert layer.gamma.parameter is layer.norm.weight
    calls = []
    layer.norm.register_forward_hook(lambda *args: calls.append(1))
    layer(x)
    assert calls == [1]


@pytest.mark.filterwarnings("ignore:.*rms_scaling")
def test_the_deprecated_scaling_by_the_deviation(real_keras):
    with pytest.warns(UserWarning, match="RMSNormalization"):
        layers.LayerNormalization(rms_scaling=True)
    for axis in (-1, 1):
        ours, real = twins(real_keras, (3, 4, 5), rms_scaling=True, axis=axis)
        x = np.random.default_rng(1).normal(2.0, 3.0, (3, 4, 5)).astype("float32")
        if axis == -1:
            np.testing.assert_allclose(numbers(ours(x)), numbers(real(x)), rtol=1e-5)
        spread = x.std(axis=axis, keepdims=True)
        gamma = ours.gamma.numpy().reshape((1, 1, 5) if axis == -1 else (1, 4, 1))
        np.testing.assert_allclose(numbers(ours(x)), x / np.sqrt(spread**2 + 1e-3) * gamma, rtol=1e-5)


@pytest.mark.parametrize("dtype", ["mixed_bfloat16", "mixed_float16", "bfloat16", "float16", "float64"])
def test_precision(real_keras, dtype):
    ours, real = twins(real_keras, (4, 6), dtype=dtype)
    # Up to 240,000: more than float16 holds.
    x = np.random.default_rng(1).uniform(2e4, 2.4e5, (4, 6)).astype("float32")
    y, z = ours(x), real(x)
    assert y.dtype is z.dtype
    assert [v.dtype for v in ours.weights] == [v.dtype for v in real.weights]
    half = {torch.bfloat16: 0.02, torch.float16: 0.003, torch.float64: 1e-5}[y.dtype]
    np.testing.assert_allclose(numbers(y), numbers(z), rtol=half, atol=half)
    y = ours(torch.tensor(x / 1e4, dtype=y.dtype, requires_grad=True))
    y.sum().backward()
    assert all(v.parameter.grad is not None for v in ours.weights)


def by_formula(x, axis, epsilon=1e-3):
    mean, spread = x.mean(dim=axis, keepdim=True), x.var(dim=axis, correction=0, keepdim=True)
    return (x - mean) / (spread + epsilon).sqrt()


@pytest.mark.parametrize("axis", [1, -2, 2, (1, 2), -1])
def test_any_axis_at_any_rank(axis):
    # By the formula: on torch, Keras itself fails for one axis that is not the last.
    layer = layers.LayerNormalization(axis=axis)
    for shape in ((2, 3, 3), (2, 3, 3, 3), (3, 3, 3)):
        x = torch.randn(shape)
        assert torch.allclose(layer(x), by_formula(x, axis), atol=1e-5)


def test_masks_are_passed_on():
    x = torch.randn(2, 3, 4)
    x._keras_mask = torch.tensor([[True, False, True]] * 2)
    assert torch.equal(layers.LayerNormalization()(x)._keras_mask, x._keras_mask)


@pytest.mark.parametrize("kwargs", [{}, {"axis": [1, 2], "gamma_regularizer": "l2", "beta_constraint": "non_neg"}])
def test_config_round_trip(real_keras, kwargs):
    ours = layers.LayerNormalization(name="ln", **kwargs)
    real = real_keras.layers.LayerNormalization(name="ln", **kwargs)
    assert ours.get_config() == real.get_config()
    ours.build((2, 3, 4))
    real.build((2, 3, 4))
    assert ours.get_config() == real.get_config()
    assert layers.LayerNormalization.from_config(ours.get_config()).get_config() == ours.get_config()


def test_copies_compile_and_symbolic_shapes():
    layer = layers.LayerNormalization(axis=1)
    x = torch.randn(2, 3, 4)
    y = layer(x)
    assert torch.equal(copy.deepcopy(layer)(x), y)
    assert torch.equal(pickle.loads(pickle.dumps(layer))(x), y)
    assert torch.allclose(torch.compile(layer, fullgraph=True, backend="aot_eager")(x), y)
    assert layers.LayerNormalization()(layers.Input((None, 3))).shape == (None, None, 3)
    assert layers.LayerNormalization()(torch.zeros(1, 0, 3)).shape == (1, 0, 3)


@pytest.mark.parametrize(
    ("kwargs", "shape", "error", "words"),
    [
        ({"axis": {"axis": -1}}, None, TypeError, "Expected an int or a list/tuple of ints for the argument 'axis'"),
        ({"axis": [1, "a"]}, None, TypeError, "'a'"),
        ({"epsilon": "small"}, None, TypeError, "epsilon='small'"),
        ({"axis": 3}, (2, 3), ValueError, "2 axes.*axis=.3"),
        ({"axis": [1, -1]}, (2, 3), ValueError, "different axes"),
        ({"axis": []}, (2, 3), ValueError, "different axes"),
        ({}, (2, None), ValueError, "sizes of axes"),
    ],
)
def test_bad_arguments(kwargs, shape, error, words):
    with pytest.raises(error, match=words):
        layers.LayerNormalization(**kwargs).build(shape)


def test_inputs_of_another_size_are_refused():
    layer = layers.LayerNormalization()
    layer(torch.randn(4, 3))
    with pytest.raises(ValueError, match="incompatible with the layer"):
        layer(torch.randn(4, 5))
    layer = layers.LayerNormalization(axis=2)
    layer(torch.randn(4, 3, 3))
    with pytest.raises(ValueError, match="min_ndim=3, found ndim=2"):
        layer(torch.randn(4, 3))


@pytest.mark.parametrize("axis", [1, 0, [1], [1, 2], (2, 1), [0, -1]])
def test_axes_that_are_not_the_last_have_the_numbers_of_the_formula(axis):
    # Keras itself fails for most of these.
    axes = tuple(a % 4 for a in ([axis] if isinstance(axis, int) else axis))
    x = torch.randn(2, 3, 4, 5)
    layer = layers.LayerNormalization(axis=axis, epsilon=0.1)
    variance, mean = torch.var_mean(x, dim=axes, correction=0, keepdim=True)
    torch.testing.assert_close(layer(x), (x - mean) / torch.sqrt(variance + 0.1), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("kind", ["LayerNormalization", "RMSNormalization"])
def test_weights_over_axes_from_either_end_come_back_from_files(tmp_path, kind):
    def make():
        return Sequential([Input((3, 2, 5)), getattr(layers, kind)(axis=[1, -1])])

    ours, again = make(), make()
    ours.set_weights([np.random.default_rng(i).normal(size=v.shape) for i, v in enumerate(ours.weights)])
    assert {v.shape for v in ours.weights} == {(5, 3)}
    ours.save_weights(tmp_path / "w.weights.h5")
    again.load_weights(tmp_path / "w.weights.h5")
    x = torch.randn(2, 3, 2, 5)
    assert torch.equal(ours(x), again(x))


def test_files_over_axes_from_either_end_are_those_of_keras(real_keras, tmp_path):
    def make(space):
        return space.Sequential([space.Input((3, 2, 5)), space.layers.LayerNormalization(axis=[1, -1])])

    real = make(real_keras)
    real.set_weights([np.random.default_rng(i).normal(size=v.shape) for i, v in enumerate(real.weights)])
    real.save(tmp_path / "real.keras")
    ours = torchkeras_compat.saving.load_model(tmp_path / "real.keras")
    x = np.random.default_rng(9).normal(size=(2, 3, 2, 5)).astype("float32")
    np.testing.assert_allclose(ours(x).detach(), real(x).detach(), rtol=1e-4, atol=1e-5)
    ours.save(tmp_path / "ours.keras")
    back = real_keras.saving.load_model(tmp_path / "ours.keras")
    np.testing.assert_allclose(back(x).detach(), real(x).detach(), rtol=1e-4, atol=1e-5)


@pytest.mark.filterwarnings("ignore:.*rms_scaling")
def test_rms_scaling_over_axes_from_either_end():
    layer = layers.LayerNormalization(axis=[-1, 1], rms_scaling=True, epsilon=0.1)
    x = torch.randn(2, 3, 4, 5)
    layer.build(x.shape)
    gamma = torch.randn(5, 3)
    layer.gamma.assign(gamma)
    expected = x * torch.rsqrt(x.var(dim=(1, 3), correction=0, keepdim=True) + 0.1) * gamma.reshape(1, 3, 1, 5)
    torch.testing.assert_close(layer(x), expected)
