"""Special functions, against torch's."""

from __future__ import annotations

import pytest
import torch

from torchkeras_compat.ops import (
    special_functions,
)
from torchkeras_compat.symbolic.keras_tensor import KerasTensor

X = torch.randn(3, 4, 5, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("name", ["erf", "erfc", "erfinv", "rsqrt"])
def test_special_functions_are_torchs(name):
    x = torch.rand(7)
    torch.testing.assert_close(getattr(special_functions, name)(x), getattr(torch, name)(x))
    assert getattr(special_functions, name)(KerasTensor((None, 2), "bfloat16")).dtype == "bfloat16"


@pytest.mark.parametrize("axis", [None, 1, (0, -1)])
@pytest.mark.parametrize("keepdims", [False, True])
def test_logsumexp(axis, keepdims):
    expected = X.exp().sum(dim=axis if axis is not None else (0, 1, 2), keepdim=keepdims).log()
    torch.testing.assert_close(special_functions.logsumexp(X, axis, keepdims), expected)
