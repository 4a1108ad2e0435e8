"""The torch module of `EinsumDense`."""

from __future__ import annotations

import torch

from torchkeras_compat.layers.core.einsum import Einsum


def test_it_adds_the_bias_to_the_einsum() -> None:
    module = Einsum("abc,cde->abde", (7, 3, 4), (3, 4))
    torch.nn.init.normal_(module.weight)
    torch.nn.init.normal_(module.bias)
    x = torch.randn(2, 5, 7)
    torch.testing.assert_close(module(x), torch.einsum("abc,cde->abde", x, module.weight) + module.bias)
    assert "kernel_shape=(7, 3, 4), bias=True" in repr(module)


def test_without_a_bias() -> None:
    module = Einsum("ab,bc->ac", (7, 3), dtype=torch.float64)
    assert module.bias is None and module.weight.dtype is torch.float64
    assert module(torch.zeros(2, 7, dtype=torch.float64)).shape == (2, 3)
