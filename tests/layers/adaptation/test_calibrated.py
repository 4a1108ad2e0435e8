"""`CalibratedProduct` before and after its integers are chosen."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from torchkeras_compat.layers.adaptation.calibrated import CalibratedProduct
from torchkeras_compat.layers.adaptation.contraction import MATRIX_PRODUCT, Contraction
from torchkeras_compat.layouts import IDENTITY


def product_of(bits: int, scales_inputs: bool = False) -> CalibratedProduct:
    kernel = nn.Parameter(torch.randn(8, 5))
    return CalibratedProduct(MATRIX_PRODUCT, kernel, IDENTITY, IDENTITY, bits, 4, scales_inputs)


@pytest.mark.parametrize("bits", [2, 3, 4, 8])
def test_the_kernel_is_what_the_integers_say(bits: int) -> None:
    product, x = product_of(bits), torch.randn(3, 8)
    assert product.weight is not None
    torch.testing.assert_close(product(x), x @ product.weight)
    values = torch.randint(0, 2**bits, (5, 8))
    scale, zero = torch.rand(5, 2), torch.randint(0, 2**bits, (5, 2))
    groups = torch.arange(8) // 4
    product.calibrate(values, scale, zero, groups.float())
    assert product.weight is None and torch.equal(product.integers(), values.to(torch.uint8))
    assert product.quantized_kernel.shape == ((3, 8) if bits == 4 else (5, 8))
    kernel = ((values - zero[:, groups]) * scale[:, groups]).T
    torch.testing.assert_close(product.dequantize(), kernel)
    torch.testing.assert_close(product(x), x @ kernel)


def test_the_rows_are_scaled_back_after_awq() -> None:
    product, scales = product_of(4, scales_inputs=True), 1 + torch.rand(8)
    values, one = torch.randint(0, 16, (5, 8)), torch.ones(5, 2)
    product.calibrate(values, one, one * 8, torch.arange(8.0) // 4, scales)
    torch.testing.assert_close(product.dequantize(), ((values - 8) / scales).T)


def test_the_axes_of_the_kernel_come_back_in_their_order() -> None:
    contraction = Contraction("abc,dec->abde")
    kernel = nn.Parameter(torch.randn(2, 3, 8))
    product = CalibratedProduct(contraction, kernel, IDENTITY, IDENTITY, 8, None, False)
    values = torch.arange(48).reshape(6, 8)
    product.calibrate(values, torch.ones(6, 1), torch.zeros(6, 1), torch.zeros(8))
    assert torch.equal(product.dequantize(), values.reshape(2, 3, 8).float())
