"""Casts that end at the range of the dtype."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat.ops import casting

X = torch.arange(24.0).reshape(4, 6)


@pytest.mark.parametrize("x, dtype, expected", [
    ([-300.0, 1.7, 300.0], "uint8", [0, 1, 255]),
    ([-3e9, 3e9], "int32", [-(2**31), 2**31 - 1]),
    ([-1e30, 1e30], "int64", [-(2**63), 2**63 - 1]),
    ([-1e30, 1e30, 2.0], "float16", [-65504, 65504, 2]),
    (torch.tensor([-129, 300, 5]), "int8", [-128, 127, 5]),
    ([0.0, 2.0], "bool", [False, True]),
])  # fmt: skip
def test_saturate_cast_ends_at_the_range(x, dtype, expected):
    out = casting.saturate_cast(x, dtype)
    assert str(out.dtype) == f"torch.{dtype}" and out.tolist() == expected


def test_dtype_of_anything():
    assert [
        casting.dtype(x) for x in (X, 1, 1.0, True, np.zeros(1, "int8"))
    ] == "float32 int32 float32 bool int8".split()
