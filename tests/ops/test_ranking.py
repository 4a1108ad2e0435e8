"""The largest values and their places."""

from __future__ import annotations

import math

import torch

from torchkeras_compat.ops import (
    ranking,
)
from torchkeras_compat.symbolic.keras_tensor import KerasTensor

X = torch.randn(3, 4, 5, generator=torch.Generator().manual_seed(0))


def test_top_k():
    values, indices = ranking.top_k(X, 2)
    assert indices.dtype is torch.int32
    torch.testing.assert_close(values, X.sort(-1, descending=True).values[..., :2])
    torch.testing.assert_close(X.gather(-1, indices.long()), values)
    assert [t.shape for t in ranking.top_k(KerasTensor((None, 5)), 2)] == [(None, 2)] * 2


def test_in_top_k_counts_ties_in_and_nan_out():
    predictions = [[0.1, 0.9, 0.8, 0.8], [0.95, 0.95, 0, 0.95], [0.1, math.nan, 0.5, 0.2], [1.0, 0.0, 0.0, 0.0]]
    assert ranking.in_top_k([2, 0, 1, 4], predictions, 1).tolist() == [False, True, False, False]
    assert ranking.in_top_k([3, 3, 2, -1], predictions, 2).tolist() == [True, True, True, False]
