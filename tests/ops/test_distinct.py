"""Unique values, against NumPy."""

from __future__ import annotations

import numpy as np

from tests.ops.against_numpy import assert_same
from torchkeras_compat import ops
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


def test_unique_follows_numpy():
    x = np.array([[1, 0], [0, 1], [1, 0], [2, 2], [0, 1]])
    flags = {"return_index": True, "return_inverse": True, "return_counts": True}
    assert_same(ops.unique(x, axis=0, **flags), np.unique(x, axis=0, **flags))
    assert_same(ops.unique(x), np.unique(x))
    values, counts = ops.unique(x, size=5, fill_value=-1, return_counts=True)
    assert_same(values, np.array([0, 1, 2, -1, -1]))
    assert_same(counts, np.array([4, 4, 2, 0, 0]))
    symbolic = ops.unique(KerasTensor((None, 3), "int32"), axis=0, return_inverse=True)
    assert [s.shape for s in symbolic] == [(None, 3), (None,)]
