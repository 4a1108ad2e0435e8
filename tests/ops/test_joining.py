"""Arrays joined and split, against NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from tests.ops.against_numpy import X, assert_same, check_array, check_bad_argument
from torchkeras_compat import ops
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("split", (2,)),
        ("split", ([1, 2], 1)),
        ("array_split", (3, 2)),
        ("hsplit", (3,)),
        ("vsplit", (2,)),
        ("dsplit", ([1, 2],)),
    ],
    ids=str,
)
def test_arrays_follow_numpy(name, args):
    check_array(name, args)


def test_bad_arguments_are_named_eagerly_and_symbolically():
    check_bad_argument(lambda x: ops.split(x, 2, axis=1), "2 equal parts along axis 1")


@pytest.mark.parametrize("name", ["concatenate", "stack", "hstack", "vstack", "dstack"])
def test_joining_follows_numpy(name):
    assert_same(getattr(ops, name)([X, X + 1]), getattr(np, name)([X, X + 1]))
    row = np.arange(3)
    assert_same(getattr(ops, name)([row, row + 0.5]), getattr(np, name)([row, row + 0.5]))


def test_symbolic_joining_learns_unknown_sizes_from_the_others():
    assert ops.concatenate([KerasTensor((None, 3)), KerasTensor((2, None))], axis=0).shape == (None, 3)
    assert ops.concatenate([KerasTensor((None, 3)), KerasTensor((2, None))], axis=1).shape == (2, None)
    assert ops.stack([KerasTensor((None, 3)), KerasTensor((2, None))], axis=-1).shape == (2, 3, 2)
    with pytest.raises(ValueError, match=r"axis=1, shapes=\[\(3, 2\), \(4, 2\)\]"):
        ops.concatenate([KerasTensor((3, 2)), KerasTensor((4, 2))], axis=1)
