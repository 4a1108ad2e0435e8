"""`KerasTensor`: shape and dtype, and the methods, operators and functions that are recorded."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from torchkeras_compat.symbolic.keras_tensor import KerasTensor, any_symbolic, is_keras_tensor, standardize_shape


def test_attributes():
    x = KerasTensor((None, 3), "int32", name="x")
    assert (x.shape, x.dtype, x.ndim, x.name) == ((None, 3), "int32", 2, "x")
    assert repr(x) == "<KerasTensor shape=(None, 3), dtype=int32, sparse=False, ragged=False, name=x>"
    assert x.T.shape == (3, None)
    assert x.dim() == 2
    assert is_keras_tensor(x) and not is_keras_tensor(torch.zeros(1))
    assert any_symbolic([{"a": (x,)}]) and not any_symbolic([1, {"a": torch.zeros(1)}])


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        (3, r"Use \(3,\)"),
        (None, "tuple of ints and None"),
        ((-1,), "negative sizes"),
        (("a",), "neither an int nor None"),
    ],
    ids=str,
)
def test_bad_shapes_are_refused(shape, message):
    with pytest.raises(ValueError, match=message):
        standardize_shape(shape)


def test_sparse_is_refused():
    with pytest.raises(ValueError, match="not supported"):
        KerasTensor((2,), sparse=True)


def test_equality_is_identity_and_comparison_is_recorded():
    x = KerasTensor((2,))
    assert x == x and x in [KerasTensor((2,)), x]
    assert (x != x).dtype == "bool"
    assert (x < 1).dtype == "bool"


def test_methods_of_tensors_are_recorded():
    x = KerasTensor((None, 6))
    assert x.view(-1, 2, 3).shape == (None, 2, 3)
    assert x.sum(dim=-1).shape == (None,)
    assert x.astype("int32").dtype == "int32"
    assert x.relu().node.operation.name == "relu"
    with pytest.raises(AttributeError, match="no attribute 'no_such_method'"):
        x.no_such_method()


def test_torch_functions_are_recorded():
    x = KerasTensor((None, 4))
    assert torch.softmax(x, -1).shape == (None, 4)
    assert nn.functional.linear(x, torch.zeros(3, 4)).shape == (None, 3)
    assert [t.shape for t in torch.split(x, 2, dim=1)] == [(None, 2), (None, 2)]


def test_no_values():
    x = KerasTensor((2,))
    with pytest.raises(ValueError, match="cannot become a NumPy array"):
        np.array(x)
    assert len(x) == 2
    with pytest.raises(TypeError, match="no known length"):
        len(KerasTensor((None,)))


def test_numbers_and_arrays_of_numpy_stand_on_the_left_too() -> None:
    x = KerasTensor((None, 3))
    for left in (np.float32(2), np.ones(3, "float32")):
        assert (left * x).shape == (left - x).shape == (left / x).shape == (None, 3)
    with pytest.raises(ValueError, match="is symbolic and has no values"):
        np.exp(x)
