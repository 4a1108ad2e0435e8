"""Diagonals and triangles, against NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from tests.ops.against_numpy import X, assert_same, check_array, check_bad_argument
from torchkeras_compat import ops


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("diagonal", (1, 0, 2)),
        ("trace", (0, 1, 2)),
        ("tril", (-1,)),
        ("triu", (1,)),
    ],
    ids=str,
)
def test_arrays_follow_numpy(name, args):
    check_array(name, args)


def test_bad_arguments_are_named_eagerly_and_symbolically():
    check_bad_argument(lambda x: ops.diagonal(x, axis1=0, axis2=-3), "axis2=-3")


def test_matrices_of_a_diagonal_follow_numpy():
    for k in (-4, -1, 0, 2, 5):
        assert_same(ops.diagflat(X[0, 0], k), np.diagflat(X[0, 0], k))
    assert_same(ops.diag(X[0], 1), np.diag(X[0], 1))
