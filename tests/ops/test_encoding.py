from __future__ import annotations

import pytest
import torch

from torchkeras_compat.ops.encoding import multi_hot, one_hot
from torchkeras_compat.symbolic.keras_tensor import KerasTensor

INDICES = torch.tensor([[0, 2], [3, 1], [2, 2]])


@pytest.mark.parametrize("axis", [-1, 0, 1, 2])
@pytest.mark.parametrize("dtype", ["float32", "int32", "bool"])
def test_one_hot_as_in_keras(real_keras, axis, dtype):
    theirs = real_keras.ops.one_hot(INDICES, 4, axis=axis, dtype=dtype)
    torch.testing.assert_close(one_hot(INDICES, 4, axis=axis, dtype=dtype), theirs.cpu())


def test_an_index_that_is_not_a_class_becomes_zeros():
    assert one_hot([-1, 5, 1], 3).tolist() == [[0, 0, 0], [0, 0, 0], [0, 1, 0]]


def test_multi_hot_as_in_keras(real_keras):
    for x in (INDICES, INDICES[0]):
        torch.testing.assert_close(multi_hot(x, 4), real_keras.ops.multi_hot(x, 4).cpu())


def test_symbolic_shapes():
    assert one_hot(KerasTensor((None, 3)), 5, axis=1).shape == (None, 5, 3)
    assert multi_hot(KerasTensor((None, 3)), 5, dtype="int32").dtype == "int32"


@pytest.mark.parametrize("call, words", [
    (lambda: one_hot([0], 2, sparse=True), "sparse=True"),
    (lambda: one_hot([0], 2, axis=3), "axis 3 is out of bounds"),
    (lambda: multi_hot([0]), "`num_classes` must be specified"),
    (lambda: multi_hot([0], 2, foo=1), r"\['foo'\]"),
])  # fmt: skip
def test_bad_arguments(call, words):
    with pytest.raises(ValueError, match=words):
        call()
