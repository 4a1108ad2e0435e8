"""What becomes a tensor, beside real Keras."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

from torchkeras_compat import Variable, ops

LISTS: list[Any] = [
    [-5, 7],
    [2**31 - 1, -(2**31)],
    [1.5, 2**40],
    [True, False],
    [True, 3],
    [[1], [2]],
    (1, 2),
    [],
    [[], []],
    [float("inf"), float("nan")],
    [np.int64(3)],
]


@pytest.mark.parametrize("x", LISTS, ids=str)
@pytest.mark.parametrize("dtype", [None, "int64", "float32", "float16"])
def test_lists_become_what_they_are_in_keras(x: Any, dtype: str | None, real_keras: ModuleType) -> None:
    try:
        wanted = real_keras.ops.convert_to_tensor(x, dtype)
    except RuntimeError:
        with pytest.raises(ValueError, match="Received a list with numbers from"):
            ops.convert_to_tensor(x, dtype)
        return
    torch.testing.assert_close(ops.convert_to_tensor(x, dtype), wanted, equal_nan=True)


@pytest.mark.parametrize("x", [[-5, 2**40], [2**31], [-(2**31) - 1], [[1], [2**62]], [np.int64(2**40)]], ids=str)
def test_numbers_that_int32_cannot_hold_stay_themselves(x: Any) -> None:
    tensor = ops.convert_to_tensor(x)  # where Keras raises a RuntimeError
    assert (tensor.dtype, tensor.tolist()) == (torch.int64, np.asarray(x).tolist())
    assert ops.array(x).dtype is torch.int64
    assert Variable(x).dtype == "int64"
    assert ops.convert_to_tensor(x, "float64").tolist() == np.asarray(x, float).tolist()


@pytest.mark.parametrize(
    ("x", "dtype", "numbers"),
    [
        ([-5, 2**40], "int32", f"-5 to {2**40}"),
        ([2**63], None, f"{2**63} to {2**63}"),
        ([1, 2**64], None, f"1 to {2**64}"),
        ([-1], "uint8", "-1 to -1"),
        ([300.5], "uint8", "300.5 to 300.5"),
        ([1.0, float("inf")], "int64", "1.0 to inf"),
        ([1.0, float("nan")], "int32", "nan to nan"),
    ],
)
def test_lists_of_numbers_that_the_dtype_cannot_hold_are_refused(x: Any, dtype: str | None, numbers: str) -> None:
    for function in (ops.convert_to_tensor, *([ops.cast] if dtype else [])):
        with pytest.raises(ValueError, match=rf"Received a list with numbers from {numbers}\. Use another dtype"):
            function(x, dtype)


def test_a_number_that_the_dtype_cannot_hold_is_refused() -> None:
    for function in (ops.convert_to_tensor, ops.cast):
        with pytest.raises(RuntimeError, match="without overflow"):
            function(300, "uint8")


def test_large_integers_become_floats() -> None:
    assert ops.convert_to_tensor([2**64, 2**63], "float32").tolist() == [2.0**64, 2.0**63]


def test_arrays_and_tensors_are_cast(real_keras: ModuleType) -> None:
    for x in (np.array([300]), torch.tensor([300])):
        assert ops.convert_to_tensor(x, "uint8").tolist() == [44]
        assert real_keras.ops.convert_to_tensor(x, "uint8").tolist() == [44]
    assert ops.cast([1.7, -1.7], "int32").tolist() == [1, -1]
    assert ops.cast([1 + 2j], "float32").tolist() == [1.0]


def test_ranges_past_int32_hold_their_numbers() -> None:
    assert ops.arange(2**40, 2**40 + 2).tolist() == [2**40, 2**40 + 1]  # [0, 1] in Keras
    assert ops.arange(3).dtype is torch.int32
