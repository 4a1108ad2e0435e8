"""Sorting and searching, against NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from tests.ops.against_numpy import assert_same, check_array, check_bad_argument
from torchkeras_compat import ops


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("sort", (1,)),
        ("sort", (None,)),
    ],
    ids=str,
)
def test_arrays_follow_numpy(name, args):
    check_array(name, args)


def test_bad_arguments_are_named_eagerly_and_symbolically():
    check_bad_argument(lambda x: ops.argpartition(x, (1, 2)), r"kth=\(1, 2\)")


def test_positions_and_search_follow_numpy():
    x = np.array([[3.0, 1.0, np.nan], [2.0, 5.0, 4.0]], "float32")
    assert_same(ops.argsort(x), np.argsort(x))
    assert_same(ops.argmax(x[1:], axis=1, keepdims=True), np.argmax(x[1:], axis=1, keepdims=True))
    assert_same(ops.argmin(x[1:]), np.argmin(x[1:]))
    assert_same(ops.nanargmax(x, axis=1), np.nanargmax(x, axis=1))
    assert_same(ops.nanargmin(x), np.nanargmin(x))
    assert int(ops.nanargmin(np.array([np.nan]))) == -1
    assert_same(ops.searchsorted([1, 3, 5], [3, 6], side="right"), np.searchsorted([1, 3, 5], [3, 6], side="right"))
    assert_same(ops.digitize(x[1], [1.0, 2.0, 4.5]), np.digitize(x[1], [1.0, 2.0, 4.5]))
    with pytest.raises(ValueError, match="side='middle'"):
        ops.searchsorted([1], [1], side="middle")
