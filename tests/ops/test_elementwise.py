"""Functions of one number, against NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from tests.ops.against_numpy import POSITIVE, REAL, check_one_operand
from torchkeras_compat import ops


@pytest.mark.parametrize(
    ("x", "name"),
    [
        *(
            (REAL, name)
            for name in (
                "absolute angle cbrt ceil conj fabs floor i0 imag negative real sign signbit square trunc"
            ).split()
        ),
        *((POSITIVE, name) for name in "reciprocal sqrt".split()),
    ],
)
def test_one_operand_follows_numpy(x, name):
    check_one_operand(name, x)


@pytest.mark.parametrize("limits", [(0, 1), (None, 1), (0, None), (np.zeros((2, 1), "float32"), 1), (None, None)])
def test_clip(limits):
    expected = np.clip(REAL, *limits)
    np.testing.assert_allclose(ops.clip(REAL, *limits), expected)


def test_round_rounds_to_decimals_and_to_tens():
    np.testing.assert_allclose(ops.round(np.array([1.25, 2.35]), 1), np.round([1.25, 2.35], 1))
    np.testing.assert_array_equal(ops.round(np.array([126, 234]), -1), [130, 230])


def test_nan_to_num_replaces_what_is_asked():
    x = np.array([1.0, np.nan, np.inf, -np.inf], "float32")
    np.testing.assert_allclose(ops.nan_to_num(x), np.nan_to_num(x))
    np.testing.assert_allclose(ops.nan_to_num(x, nan=2, posinf=3, neginf=4), [1, 2, 3, 4])
