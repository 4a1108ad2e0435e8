"""The projections of attention, adapted."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

from torchkeras_compat import layers
from torchkeras_compat.layers.adaptation.head_projection import SplitLinear
from torchkeras_compat.layers.attention.projection import HeadProjection
from torchkeras_compat.layers.layer.adapters import adapter_of

SHAPES = {"heads": ((2, 4), 1, (3, 5, 8)), "together": ((6,), 2, (3, 5, 2, 4)), "plain": ((6,), 1, (3, 5, 8))}


@pytest.mark.parametrize(("sizes", "summed", "shape"), SHAPES.values(), ids=list(SHAPES))
def test_a_module_with_the_axes_of_the_heads_gives_the_same(
    sizes: tuple[int, ...], summed: int, shape: tuple[int, ...]
) -> None:
    layer = HeadProjection(sizes, summed)
    x = torch.randn(shape)
    expected, before = layer(x), [v.numpy() for v in layer.weights]
    assert type(layer.linear) is nn.Linear
    adapter = adapter_of(layer)
    adapter.prepare_module()
    assert type(layer.linear) is SplitLinear and layer.linear.output_sizes == sizes
    adapter.prepare_module()
    for each in (layer, copy.deepcopy(layer)):
        torch.testing.assert_close(each(x), expected, rtol=0, atol=0)
        assert all((v.numpy() == old).all() for v, old in zip(each.weights, before, strict=True))
    kernel = layer.kernel.value
    product = adapter.contraction().multiply(x, kernel) + layer.bias.value
    torch.testing.assert_close(product, expected)


def test_projections_of_attention_train_in_float8() -> None:
    layer = layers.MultiHeadAttention(2, 4)
    x = torch.randn(3, 5, 6)
    before = layer(x, x)
    for part in layer._flatten_layers():
        if isinstance(part, HeadProjection):
            part.quantize("float8")
    torch.testing.assert_close(layer(x, x), before, rtol=0.2, atol=0.1)
    layer(x, x, training=True).sum().backward()
    assert all(v.value.grad is not None for v in layer.trainable_variables)
