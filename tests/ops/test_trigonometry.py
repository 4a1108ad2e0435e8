"""Trigonometric and hyperbolic functions, against NumPy."""

from __future__ import annotations

import pytest

from tests.ops.against_numpy import POSITIVE, REAL, UNIT, check_one_operand, check_two_operands


@pytest.mark.parametrize(
    ("x", "name"),
    [
        *((REAL, name) for name in "arcsinh arctan cos cosh deg2rad rad2deg sin sinc sinh tan tanh".split()),
        *((UNIT, name) for name in "arccos arcsin arctanh".split()),
        *((POSITIVE, name) for name in ["arccosh"]),
    ],
)
def test_one_operand_follows_numpy(x, name):
    check_one_operand(name, x)


@pytest.mark.parametrize("name", ["arctan2"])
def test_two_operands_follow_numpy(name):
    check_two_operands(name)
