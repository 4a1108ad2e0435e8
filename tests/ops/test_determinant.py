"""Determinants by sign and logarithm, against NumPy."""

from __future__ import annotations

import numpy as np

from torchkeras_compat import ops

RNG = np.random.default_rng(0)


def test_slogdet_follows_numpy():
    x = RNG.normal(size=(2, 3, 3))
    for got, expected in zip(ops.slogdet(x), np.linalg.slogdet(x), strict=True):
        np.testing.assert_allclose(got, expected)
