"""Complex numbers and their parts."""

from __future__ import annotations

import math

import pytest
import torch

from torchkeras_compat.ops import (
    complex_numbers,
)
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


def test_complex_numbers_and_back():
    z = complex_numbers.polar([1.0, 2.0], [0.0, math.pi / 2])
    torch.testing.assert_close(z, torch.tensor([1 + 0j, 2j], dtype=torch.complex64))
    pairs = torch.rand(2, 3, 2)
    assert torch.equal(complex_numbers.view_as_real(complex_numbers.view_as_complex(pairs)), pairs)
    assert complex_numbers.view_as_complex(KerasTensor((None, 2))).dtype == "complex64"
    with pytest.raises(ValueError, match=r"must be size 2.*x.shape=\(3,\)"):
        complex_numbers.view_as_complex([1.0, 2.0, 3.0])
