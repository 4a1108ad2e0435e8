"""Ranges of numbers, against NumPy."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.ops.against_numpy import assert_same
from torchkeras_compat import ops


@pytest.mark.parametrize("endpoint", [True, False])
@pytest.mark.parametrize("num", [0, 1, 5])
def test_ranges_follow_numpy(num, endpoint):
    start, stop = np.array([1.0, 2.0], "float32"), np.array([3.0, 5.0], "float32")
    for args in ((1, 3), (start, stop)):
        for name in ("linspace", "logspace", "geomspace"):
            got, expected = getattr(ops, name)(*args, num, endpoint), getattr(np, name)(*args, num, endpoint)
            np.testing.assert_allclose(got, expected, rtol=2e-5)
    assert_same(ops.linspace(start, stop, num, endpoint, axis=-1), np.linspace(start, stop, num, endpoint, axis=-1))
    with pytest.raises(ValueError, match="num=-1"):
        ops.linspace(0, 1, -1)


def test_arange_chooses_the_dtype_of_its_arguments():
    assert ops.arange(3).dtype is torch.int32
    assert ops.arange(0, 1, 0.25).dtype is torch.float32
    assert_same(ops.arange(5, 1, -2), np.arange(5, 1, -2))
