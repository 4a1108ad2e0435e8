"""Bitwise functions of integers, against NumPy."""

from __future__ import annotations

import pytest

from tests.ops.against_numpy import check_two_integers


@pytest.mark.parametrize("name", "bitwise_and bitwise_or bitwise_xor left_shift right_shift".split())
def test_two_integers_follow_numpy(name):
    check_two_integers(name)
