"""Exponentials and logarithms, against NumPy."""

from __future__ import annotations

import pytest

from tests.ops.against_numpy import POSITIVE, REAL, UNIT, check_one_operand, check_two_operands


@pytest.mark.parametrize(
    ("x", "name"),
    [
        *((REAL, name) for name in "exp exp2 expm1".split()),
        *((UNIT, name) for name in ["log1p"]),
        *((POSITIVE, name) for name in "log log10 log2".split()),
    ],
)
def test_one_operand_follows_numpy(x, name):
    check_one_operand(name, x)


@pytest.mark.parametrize("name", "logaddexp logaddexp2".split())
def test_two_operands_follow_numpy(name):
    check_two_operands(name)
