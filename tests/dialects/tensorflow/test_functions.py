"""Functions of ``tf.*`` made of functions of plain tensors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from torchkeras_compat.dialects.tensorflow.tensor import Tensor, tensor_function, wrap
from torchkeras_compat.ops import mean
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.variables import Variable


@pytest.fixture
def c() -> Tensor:
    """A tensor that is part of autograd's graph."""
    found: Tensor = wrap(torch.tensor([1.0, 2.0], requires_grad=True))
    return found


@pytest.fixture
def i() -> Tensor:
    """Integers."""
    found: Tensor = wrap(torch.tensor([1, 2], dtype=torch.int32))
    return found


def same(x: Any, values: Any, dtype: str) -> None:
    """Assert that a tensor of the dialect holds these values."""
    assert type(x) is Tensor
    assert x.dtype == dtype
    np.testing.assert_allclose(x.numpy(), values)


def test_a_function_of_tensors_takes_anything_and_gives_tensors() -> None:
    @tensor_function
    def double(x: torch.Tensor) -> torch.Tensor:
        assert isinstance(x, torch.Tensor)
        assert type(x) is not Tensor
        return x + x

    for given in (np.ones(2, "float32"), torch.ones(2), wrap(torch.ones(2)), Variable([1.0, 1.0])):
        same(double(given), [2.0, 2.0], "float32")


def test_a_function_of_tensors_is_recorded() -> None:
    @tensor_function
    def double(x: torch.Tensor) -> torch.Tensor:
        return x + x

    assert double(KerasTensor((None, 3))).shape == (None, 3)
    assert type(tensor_function(mean)(KerasTensor((None, 3)), axis=1)) is KerasTensor
