"""Operators of tensors (values of TensorFlow 2.15)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.tensor import Tensor, wrap


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


def test_an_operator_in_place_makes_a_new_tensor(c: Tensor) -> None:
    old = c
    c += 1
    assert (old.numpy().tolist(), c.numpy().tolist()) == ([1.0, 2.0], [2.0, 3.0])


@pytest.mark.parametrize("other", [np.array([1.0, 2.0]), np.array([1, 2]), [1, 2], np.float64(2), 2])
def test_arrays_and_numbers_take_the_dtype_of_the_tensor(c: Tensor, other: Any) -> None:
    same(c * other, np.asarray(other) * np.array([1.0, 2.0]), "float32")
    same(other * c, np.asarray(other) * np.array([1.0, 2.0]), "float32")


def test_floats_of_numpy_become_integers_beside_integers(i: Tensor) -> None:
    same(i + np.array([1.5, 2.5]), [2, 4], "int32")


@pytest.mark.parametrize(("dtype", "quotient"), [("int32", "float64"), ("int64", "float64"), ("uint8", "float32")])
def test_the_quotient_of_integers(dtype: str, quotient: str) -> None:
    x = wrap(torch.tensor([1, 2], dtype=getattr(torch, dtype)))
    same(x / 2, [0.5, 1.0], quotient)
    same(x / x, [1.0, 1.0], quotient)
    same(2 / x, [2.0, 1.0], quotient)


@pytest.mark.parametrize("other", [True, np.array([True, False])])
def test_logic(c: Tensor, other: Any) -> None:
    same((c > 1) | other, np.array([False, True]) | other, "bool")
    same((c > 1) & (c < 9), [False, True], "bool")
    same(~(c > 1), [True, False], "bool")


def test_equality_is_of_elements(c: Tensor) -> None:
    same(c == [1, 3], [True, False], "bool")
    same(c != c, [False, False], "bool")
    same(c == wrap(torch.ones(3)), False, "bool")
    assert (c == None, c != None) == (False, True)  # noqa: E711  # as old code says it


@pytest.mark.parametrize("other", [None, "a", object()])
def test_other_operands_are_refused(c: Tensor, other: Any) -> None:
    with pytest.raises(ValueError, match="unsupported type"):
        _ = c + other


@pytest.mark.parametrize("other", [torch.ones(1, dtype=torch.int32), torch.ones(1, dtype=torch.float64)])
def test_tensors_of_different_dtypes_do_not_meet(other: torch.Tensor) -> None:
    with pytest.raises(InvalidArgumentError, match="Operands must have one dtype. Received: float32 and"):
        wrap(torch.ones(1)) + wrap(other)


def test_integers_take_no_fractions() -> None:
    with pytest.raises(TypeError, match="Cannot convert 1.5 to a tensor of dtype int32"):
        wrap(torch.ones(1, dtype=torch.int32)) * 1.5
