"""The projections of attention layers."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat import layers
from torchkeras_compat.layers.attention.projection import HeadProjection, SplitKernel


@pytest.mark.parametrize(
    ("sizes", "summed", "shape", "equation"),
    [
        ((2, 4), 1, (3, 5, 8), "bsf,fhd->bshd"),
        ((6,), 2, (3, 5, 2, 4), "bshd,hdf->bsf"),
        ((6,), 1, (3, 5, 8), "bsf,fd->bsd"),
        ((2, 3), 2, (3, 5, 2, 4), "bshd,hdij->bsij"),
    ],
)
def test_it_is_the_einsum_with_the_kernel(
    sizes: tuple[int, ...], summed: int, shape: tuple[int, ...], equation: str
) -> None:
    layer, x = HeadProjection(sizes, summed), torch.randn(shape)
    y = layer(x)
    layer.bias.assign(torch.randn(sizes))
    torch.testing.assert_close(layer(x), y + layer.bias.value)
    torch.testing.assert_close(y, torch.einsum(equation, x, layer.kernel.value))
    assert layer.kernel.shape == (*shape[len(shape) - summed :], *sizes)


def test_a_kernel_split_in_axes_is_a_view_and_comes_back() -> None:
    layout, weight = SplitKernel((2, 3), (4, 5)), torch.randn(20, 6)
    kernel = layout.to_keras(weight)
    assert kernel.shape == (2, 3, 4, 5) and kernel.data_ptr() == weight.data_ptr()
    assert torch.equal(layout.to_torch(kernel)[0], weight)


def test_an_unknown_size_is_refused() -> None:
    with pytest.raises(ValueError, match=r"The projection .* size of the last axis.*\(None, 5, None\)"):
        HeadProjection((2, 4)).build((None, 5, None))


def test_weights_are_views_of_the_linear_weights():
    layer = layers.MultiHeadAttention(num_heads=2, key_dim=3, name="mha")
    layer.build((None, 5, 8), (None, 5, 8))
    kernel = np.random.default_rng(0).normal(size=(8, 2, 3)).astype("float32")
    layer.query_dense.kernel.assign(kernel)
    np.testing.assert_array_equal(layer.query_dense.kernel.numpy(), kernel)
    assert layer.query_dense.kernel.value.data_ptr() == layer.query_dense.linear.weight.data_ptr()
    x = torch.randn(1, 5, 8)
    np.testing.assert_allclose(layer.query_dense(x).detach().numpy(), np.einsum("btf,fhd->bthd", x, kernel), atol=1e-5)
    assert list(layer.state_dict())[:2] == ["query_dense.linear.weight", "query_dense.linear.bias"]
    assert layer._query_dense is layer.query_dense


@pytest.mark.parametrize("initializer", ["lecun_normal", "glorot_uniform"])
def test_the_spread_of_each_kernel_is_that_of_keras(real_keras, initializer):
    spreads = []
    for keras_layers in (layers, real_keras.layers):
        layer = keras_layers.MultiHeadAttention(8, 40, kernel_initializer=initializer)
        layer.build((None, 10, 64), (None, 10, 96))
        spreads.append([np.std(w) for w in layer.get_weights() if w.ndim == 3])
    assert len(spreads[0]) == 4
    np.testing.assert_allclose(*spreads, rtol=0.06)
