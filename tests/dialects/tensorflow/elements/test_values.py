from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat.dialects.tensorflow.elements.values import (
    absorbed,
    absorbed_leaf,
    as_numpy,
    presented,
    stacked,
    unstacked,
)
from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.tensor import Tensor


@pytest.mark.parametrize(
    ("value", "dtype"),
    [
        ([1, 2], torch.int32),
        ([1.0], torch.float32),
        (True, torch.bool),
        (2**40, torch.int64),
        (np.float64(1), torch.float64),
        (np.arange(2, dtype="uint8"), torch.uint8),
        (np.arange(2), torch.int64),
        (np.arange(2)[::-1], torch.int64),
        (np.arange(2, dtype=">i4"), torch.int32),
        (np.array([1, 2], dtype=object), torch.int64),
    ],
)
def test_dtypes_are_those_of_tensorflow(value: object, dtype: torch.dtype) -> None:
    assert absorbed_leaf(value).dtype is dtype


def test_strings_are_bytes_to_their_last_zero() -> None:
    assert absorbed_leaf(["a", "é"]).tolist() == [b"a", "é".encode()]
    assert absorbed_leaf(b"a\0\0")[()] == b"a\0\0"
    assert absorbed_leaf([b"\0", b"ab\0"]).tolist() == [b"\0", b"ab\0"]


def test_other_values_are_refused() -> None:
    with pytest.raises(ValueError, match="non-rectangular"):
        absorbed_leaf([[1], [1, 2]])
    with pytest.raises(TypeError, match="type NoneType cannot become a tensor"):
        absorbed_leaf(["a", None])
    with pytest.raises(TypeError, match="datetime64"):
        absorbed_leaf(np.array(["2020"], "datetime64[Y]"))


def test_users_see_tensors_of_tensorflow() -> None:
    element = presented(absorbed(([1.0], {"a": 2})))
    assert type(element[0]) is Tensor and type(element[1]["a"]) is Tensor
    assert type(absorbed(element)[0]) is torch.Tensor
    assert as_numpy(absorbed((1.5, "a"))) == (1.5, b"a")


def test_stacking_names_what_differs() -> None:
    with pytest.raises(InvalidArgumentError, match=r"component 1. First element had shape \[1\] and .* \[2\]"):
        stacked([(torch.tensor(0), torch.zeros(1)), (torch.tensor(0), torch.zeros(2))])
    with pytest.raises(InvalidArgumentError, match="dtypes"):
        stacked([torch.tensor(0), torch.tensor(0.0)])
    with pytest.raises(ValueError, match=r"Received shapes \[\(2,\), \(3,\)\]"):
        list(unstacked((torch.zeros(2), torch.zeros(3))))
    assert [s[1][()] for s in unstacked((torch.zeros(2), np.array([b"a", b"b"], dtype=object)))] == [b"a", b"b"]
