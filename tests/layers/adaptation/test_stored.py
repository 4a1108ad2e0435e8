"""Low-bit weights beside the floats that they came from."""

from __future__ import annotations

import pytest
import torch

from torchkeras_compat.layers.adaptation.stored import Int4Weight, Int8Weight, StoredWeight
from torchkeras_compat.quantizers import AbsMaxQuantizer

SIGNS = torch.tensor([1.0, -1.0]).repeat(3).reshape(6, 1, 1)  # groups of both signs lose least
WEIGHT = torch.randn(6, 3, 4, generator=torch.Generator().manual_seed(0)).abs() * SIGNS
TABLE = WEIGHT.reshape(6, 12)
KERNELS = {
    "int8": Int8Weight(WEIGHT, (0,)),
    "int4": Int4Weight(WEIGHT, (0,), 0, 1, None),
    "int4 in groups": Int4Weight(WEIGHT, (0,), 0, 1, 2),
    "int4 packed along the sums": Int4Weight(WEIGHT, (0,), 0, 0, None),
}
TABLES = {
    "int8": Int8Weight(TABLE, (1,)),
    "int4": Int4Weight(TABLE, (0,), 1, 1, None),
    "int4 in groups": Int4Weight(TABLE, (0,), 1, 1, 4),
}


@pytest.mark.parametrize("stored", KERNELS.values(), ids=list(KERNELS))
def test_a_weight_comes_back_but_for_the_rounding(stored: StoredWeight) -> None:
    bits = 8 if isinstance(stored, Int8Weight) else 4
    largest = WEIGHT.abs().amax(0, keepdim=True)
    assert stored.integers().dtype is torch.int8 and stored.integers().shape == WEIGHT.shape
    error = (stored.dequantize() - WEIGHT).abs()
    assert (error <= largest / (2 ** (bits - 1) - 1)).all()
    again = stored.quantize(WEIGHT)
    assert all(torch.equal(x, stored._buffers[name]) for name, x in again.items() if x is not None)
    if stored.zero is None:
        torch.testing.assert_close(stored.integers() / stored.kernel_scale(), stored.dequantize())


@pytest.mark.parametrize("stored", TABLES.values(), ids=list(TABLES))
def test_rows_are_those_of_the_whole(stored: StoredWeight) -> None:
    indices = torch.tensor([[0, 5], [2, 2]])
    torch.testing.assert_close(stored.look_up(indices), stored.dequantize()[indices])


def test_a_scale_along_other_axes_is_refused() -> None:
    with pytest.raises(ValueError, match=r"must give a scale of shape \(1, 3, 4\). Received one of \(6, 1, 4\)"):
        Int8Weight(WEIGHT, (0,), AbsMaxQuantizer(axis=1))
    with pytest.raises(ValueError, match=r"must give a scale of shape \(1, 12\). Received one of \(6, 1\)"):
        Int4Weight(WEIGHT, (0,), 0, 1, None, AbsMaxQuantizer(axis=1, value_range=(-8, 7)))
