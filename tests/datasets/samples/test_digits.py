"""Drawn digits: of one size, always the same, all classes."""

from __future__ import annotations

import numpy as np

from torchkeras_compat.datasets.samples.digits import digits


def test_shapes_dtypes_and_classes() -> None:
    x, y = digits(300, seed=0)
    assert (x.shape, x.dtype, y.shape, y.dtype) == ((300, 28, 28), np.uint8, (300,), np.uint8)
    assert set(y) == set(range(10))
    assert (x[:, 0, 0] == 0).all() and (x.max((1, 2)) > 50).all()  # on black


def test_a_seed_decides_about_everything() -> None:
    first, same, other = (digits(50, seed)[0] for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, same)
    assert (first != other).any()
    assert len({picture.tobytes() for picture in first}) == 50


def test_more_than_are_drawn_at_once_and_none() -> None:
    x, y = digits(4001, seed=0)
    assert (x.max((1, 2)) > 0).all() and len(y) == 4001
    assert digits(0, seed=0)[0].shape == (0, 28, 28)
