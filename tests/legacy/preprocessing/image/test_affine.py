"""Affine changes of images. Numbers: tf.keras 2.15.1."""

from __future__ import annotations

import numpy as np
import pytest

from torchkeras_compat.legacy.preprocessing.image.affine import (
    apply_affine_transform,
    apply_transform,
    transform_matrix_offset_center,
)

IMAGE = np.arange(12.0).reshape(1, 3, 4)


def test_shifts_and_rotations_are_those_of_keras():
    assert apply_affine_transform(IMAGE, tx=1).tolist() == [[[1, 2, 3, 3], [5, 6, 7, 7], [9, 10, 11, 11]]]
    assert apply_affine_transform(IMAGE, ty=1).tolist() == [[[4, 5, 6, 7], [8, 9, 10, 11], [8, 9, 10, 11]]]
    expected = [[[4.5, 8.5, 10.5, 10.5], [3.5, 7.5, 9.5, 9.5], [2.5, 6.5, 8.5, 8.5]]]
    assert np.allclose(apply_affine_transform(IMAGE, theta=90), expected)


def test_channels_may_be_last():
    first = apply_affine_transform(IMAGE, theta=20, shear=10, zx=0.8)
    last = apply_affine_transform(IMAGE.transpose(1, 2, 0), 20, 0, 0, 10, 0.8, 1, 0, 1, 2)
    assert np.allclose(last.transpose(2, 0, 1), first)
    assert apply_affine_transform(IMAGE) is IMAGE


def test_the_map_of_keras_1():
    matrix = transform_matrix_offset_center(np.diag([2.0, 2.0, 1.0]), 3, 3)
    assert matrix.tolist() == [[2, 0, -1], [0, 2, -1], [0, 0, 1]]
    zoomed = apply_transform(np.arange(9.0).reshape(1, 3, 3), matrix, fill_mode="constant", cval=-1.0, order=0)
    assert zoomed.tolist() == [[[-1, -1, -1], [-1, 4, -1], [-1, -1, -1]]]


def test_other_shapes_are_refused():
    with pytest.raises(ValueError, match=r"shape \(3, 4\)"):
        apply_affine_transform(IMAGE[0], theta=3)
    with pytest.raises(ValueError, match="channel_axis=1"):
        apply_affine_transform(IMAGE, theta=3, row_axis=0, col_axis=2, channel_axis=1)
    with pytest.raises(ValueError, match="channel_axis=1"):
        apply_transform(IMAGE, np.eye(3), channel_axis=1)
