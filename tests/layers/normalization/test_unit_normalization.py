"""`UnitNormalization` against real Keras."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat import layers


def numbers(tensor):
    return tensor.detach().float().cpu().numpy()


@pytest.mark.parametrize("dtype", ["mixed_bfloat16", "mixed_float16", "float16", "float64"])
def test_precision(real_keras, dtype):
    ours, real = (space.UnitNormalization(dtype=dtype) for space in (layers, real_keras.layers))
    x = np.random.default_rng(1).normal(2.0, 3.0, (4, 6)).astype("float32")
    y, z = ours(x), real(x)
    assert y.dtype is z.dtype
    half = {torch.bfloat16: 0.02, torch.float16: 0.003, torch.float64: 1e-6}[y.dtype]
    np.testing.assert_allclose(numbers(y), numbers(z), rtol=half, atol=half)


@pytest.mark.parametrize(("axis", "shape"), [(-1, (4, 5)), (1, (2, 3, 4)), ((1, 2), (2, 3, 4)), ([-1], (2, 3))])
def test_unit_is_that_of_keras(real_keras, axis, shape):
    ours, real = (space.UnitNormalization(axis=axis) for space in (layers, real_keras.layers))
    assert ours.built
    x = np.random.default_rng(1).normal(size=shape).astype("float32")
    x[0] = 0
    np.testing.assert_allclose(numbers(ours(x)), numbers(real(x)), rtol=1e-5)
    assert ours.compute_output_shape(shape) == shape


@pytest.mark.parametrize("axis", [-1, [1, 2]])
def test_config_round_trip(real_keras, axis):
    ours, real = (space.UnitNormalization(axis=axis, name="n") for space in (layers, real_keras.layers))
    assert ours.get_config() == real.get_config()
    ours.build((2, 3, 4))
    real.build((2, 3, 4))
    assert ours.get_config() == real.get_config()
    assert layers.UnitNormalization.from_config(ours.get_config()).get_config() == ours.get_config()


def test_symbolic_shapes_and_masks():
    assert layers.UnitNormalization()(layers.Input((None, 3))).shape == (None, None, 3)
    x = torch.randn(2, 3, 4)
    x._keras_mask = torch.tensor([[True, False, True]] * 2)
    assert torch.equal(layers.UnitNormalization()(x)._keras_mask, x._keras_mask)


@pytest.mark.parametrize(
    ("kwargs", "shape", "error", "words"),
    [
        ({"axis": {"axis": 1}}, None, TypeError, "Invalid value for `axis` argument"),
        ({"axis": 3}, (2, 3), ValueError, "axis=3"),
    ],
)
def test_bad_arguments(kwargs, shape, error, words):
    with pytest.raises(error, match=words):
        layer = layers.UnitNormalization(**kwargs)
        layer.build(shape)
        layer.compute_output_shape(shape)
