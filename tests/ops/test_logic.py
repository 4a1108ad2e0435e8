"""Comparisons and logic, against NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from tests.ops.against_numpy import REAL, check_one_operand, check_two_operands
from torchkeras_compat import ops


@pytest.mark.parametrize("name", "isfinite isinf isnan isreal isneginf isposinf logical_not".split())
def test_one_operand_follows_numpy(name):
    check_one_operand(name, REAL)


@pytest.mark.parametrize(
    "name",
    [
        "equal",
        "greater",
        "greater_equal",
        "isclose",
        "less",
        "less_equal",
        "logical_and",
        "logical_or",
        "logical_xor",
        "not_equal",
    ],
)
def test_two_operands_follow_numpy(name):
    check_two_operands(name)


def test_isin_and_allclose():
    np.testing.assert_array_equal(ops.isin(np.array([1, 2, 3]), [3, 1]), [True, False, True])
    np.testing.assert_array_equal(ops.isin(np.array([True, False]), [True]), [True, False])
    assert bool(ops.allclose(np.array([np.nan, 1.0]), np.array([np.nan, 1.0]), equal_nan=True))
    assert not bool(ops.allclose(np.array([np.nan]), np.array([np.nan])))
