"""Running sums and differences, against NumPy."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.ops.against_numpy import NAN, VALUES
from torchkeras_compat import ops


@pytest.mark.parametrize("axis", [None, 0, -1])
def test_running_sums_follow_numpy(axis):
    np.testing.assert_allclose(ops.cumsum(VALUES, axis), np.cumsum(VALUES, axis))
    np.testing.assert_allclose(ops.cumprod(VALUES, axis), np.cumprod(VALUES, axis))
    np.testing.assert_allclose(ops.nancumsum(NAN, axis), np.nancumsum(NAN, axis))
    np.testing.assert_allclose(ops.nancumprod(NAN, axis), np.nancumprod(NAN, axis))
    assert ops.cumsum(VALUES, axis, dtype="int32").dtype is torch.int32


def test_running_sums_go_along_one_axis():
    with pytest.raises(ValueError, match=r"axis=\(0, 1\)"):
        ops.nancumsum(VALUES, (0, 1))


def test_diff_and_trapezoid_follow_numpy():
    for n in range(4):
        np.testing.assert_allclose(ops.diff(VALUES, n), np.diff(VALUES, n))
    np.testing.assert_allclose(ops.trapezoid(VALUES, axis=1), np.trapezoid(VALUES, axis=1))
    np.testing.assert_allclose(ops.trapezoid(VALUES, [0.0, 1.0, 3.0]), np.trapezoid(VALUES, [0.0, 1.0, 3.0]))
    with pytest.raises(ValueError, match="n=-1"):
        ops.diff(VALUES, -1)
