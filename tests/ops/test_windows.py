"""Windows, against NumPy."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat import ops


@pytest.mark.parametrize("name", ["bartlett", "blackman", "hamming", "hanning"])
@pytest.mark.parametrize("length", [1, 2, 7])
def test_windows_follow_numpy(name, length):
    np.testing.assert_allclose(getattr(ops, name)(length), getattr(np, name)(length), atol=1e-6)
    assert getattr(ops, name)(torch.tensor(length)).shape == (length,)


def test_kaiser_follows_numpy():
    np.testing.assert_allclose(ops.kaiser(9, 8.6), np.kaiser(9, 8.6), rtol=1e-4)
