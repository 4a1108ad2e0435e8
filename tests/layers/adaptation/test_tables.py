"""Tables looked up and scored beside the product with their rows."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from torchkeras_compat.layers.adaptation.contraction import MATRIX_PRODUCT
from torchkeras_compat.layers.adaptation.lora import LowRankTable
from torchkeras_compat.layers.adaptation.products import QuantizedProduct
from torchkeras_compat.layers.adaptation.stored import Int4Weight, Int8Weight, StoredWeight
from torchkeras_compat.layers.adaptation.tables import QuantizedTable, score_rows
from torchkeras_compat.layouts import IDENTITY
from torchkeras_compat.quantizers import AbsMaxQuantizer

ROWS = torch.randn(6, 8)
STORED = {
    "int8": Int8Weight(ROWS, (1,)),
    "int4": Int4Weight(ROWS, (0,), 1, 1, None),
    "int4 in groups": Int4Weight(ROWS, (0,), 1, 1, 4),
}


@pytest.mark.parametrize("stored", STORED.values(), ids=list(STORED))
@pytest.mark.parametrize("quantizer", [None, AbsMaxQuantizer()], ids=["floats", "rounded inputs"])
def test_scores_are_products_with_the_rows(stored: StoredWeight, quantizer: AbsMaxQuantizer | None) -> None:
    table, x = QuantizedTable(stored, quantizer), torch.randn(3, 8)
    rows = table(torch.arange(6))
    torch.testing.assert_close(rows, stored.dequantize())
    tolerance = 1e-5 if quantizer is None else 0.2
    torch.testing.assert_close(score_rows(table, x), x @ rows.T, rtol=tolerance, atol=tolerance)


def test_a_low_rank_adapter_adds_to_the_rows_and_to_their_scores() -> None:
    base = nn.Embedding(6, 8, _weight=ROWS.clone())
    a, b = nn.Parameter(torch.randn(6, 2)), nn.Parameter(torch.randn(2, 8))
    table, x = LowRankTable(base, a, b, 0.5), torch.randn(3, 8)
    rows = table(torch.arange(6))
    torch.testing.assert_close(rows, ROWS + a @ b * 0.5)
    torch.testing.assert_close(score_rows(table, x), x @ rows.T)


def test_linear_maps_score_with_their_kernels() -> None:
    linear, x = nn.Linear(8, 6, bias=False), torch.randn(3, 8)
    assert torch.equal(score_rows(linear, x), linear(x))
    product = QuantizedProduct(MATRIX_PRODUCT, Int8Weight(ROWS.T, (0,)), None, IDENTITY, None)
    assert torch.equal(score_rows(product, x), product(x))
