"""New arrays, against NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from tests.ops.against_numpy import X, assert_same
from torchkeras_compat import ops


def test_new_arrays_follow_numpy():
    assert_same(ops.zeros((2, 3)), np.zeros((2, 3)))
    assert_same(ops.ones(3, "int32"), np.ones(3))
    assert_same(ops.full((2, 3), [1, 2, 3]), np.full((2, 3), [1, 2, 3]))
    assert_same(ops.full_like(X, 2, dtype="int8"), np.full_like(X, 2))
    assert_same(ops.identity(3), np.identity(3))
    for k in (-4, -1, 0, 2, 5):
        assert_same(ops.eye(3, 4, k), np.eye(3, 4, k))
        assert_same(ops.tri(3, 4, k), np.tri(3, 4, k))
    assert_same(ops.vander(X[0, 0], 3, True), np.vander(X[0, 0], 3, True))
    for indexing in ("xy", "ij"):
        assert_same(
            ops.meshgrid(X[0, 0], X[0, :, 0], indexing=indexing), np.meshgrid(X[0, 0], X[0, :, 0], indexing=indexing)
        )
    with pytest.raises(TypeError, match=r"N=3\.0"):
        ops.eye(3.0)
    with pytest.raises(ValueError, match="indexing='kk'"):
        ops.meshgrid(X, X, indexing="kk")
