"""Reductions, against NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from tests.ops.against_numpy import AXES, VALUES, check_reduction
from torchkeras_compat import ops


@pytest.mark.parametrize("axis", AXES, ids=str)
@pytest.mark.parametrize("name", "all amax amin any max mean min prod ptp std sum var".split())
def test_reductions_follow_numpy(name, axis):
    check_reduction(name, axis)


@pytest.mark.parametrize("name", ["max", "min"])
def test_initial_makes_empty_tensors_legal(name):
    x = np.zeros((2, 0), "float32")
    np.testing.assert_allclose(getattr(ops, name)(x, initial=1), 1)
    np.testing.assert_allclose(getattr(ops, name)(x, axis=1, keepdims=True, initial=1), [[1], [1]])


def test_narrow_integers_add_up_in_32_bits():
    assert int(ops.sum(np.full(10, 100, "int8"))) == 1000
    assert int(ops.prod(np.full(3, 100, "uint8"))) == 1_000_000
    assert float(ops.mean(np.full(3, 65504, "float16"))) == 65504


def test_average_weights():
    weights = np.array([1.0, 2.0, 3.0], "float32")
    np.testing.assert_allclose(ops.average(VALUES, -1, weights), np.average(VALUES, -1, weights), rtol=1e-6)
    np.testing.assert_allclose(
        ops.average(VALUES, weights=VALUES + 2), np.average(VALUES, weights=VALUES + 2), rtol=1e-6
    )
    with pytest.raises(ValueError, match=r"weights.shape=\(3,\), axis=None"):
        ops.average(VALUES, weights=weights)
