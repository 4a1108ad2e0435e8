"""Drawn figures in colours."""

from __future__ import annotations

import numpy as np

from torchkeras_compat.datasets.samples.color_pictures import color_pictures


def test_a_picture_for_each_label() -> None:
    x = color_pictures(np.arange(2500) % 100, 100, seed=0)
    assert (x.shape, x.dtype) == ((2500, 32, 32, 3), np.uint8)
    assert len({picture.tobytes() for picture in x}) == 2500


def test_a_seed_decides_about_everything() -> None:
    first, same, other = (color_pictures(np.arange(9), 10, seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, same)
    assert (first != other).any()
