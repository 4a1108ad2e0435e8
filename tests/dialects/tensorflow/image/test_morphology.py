"""Dilation and erosion of images: definitions, and numbers of TensorFlow 2.15.1."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.image.morphology import dilation2d, erosion2d

_X = torch.tensor([[3.0, 1.0, 4.0, 1.0], [5.0, 9.0, 2.0, 6.0], [5.0, 3.0, 5.0, 8.0]]).reshape(1, 3, 4, 1)
_FLAT = torch.zeros(2, 2, 1)
_HEIGHTS = torch.tensor([[0.0, 1.0], [2.0, -1.0]]).reshape(2, 2, 1)
_ONES = [1, 1, 1, 1]


def _rows(x):
    return np.asarray(x.numpy())[0, :, :, 0].tolist()


def test_a_flat_filter_takes_the_largest_or_smallest_of_each_place():
    assert _rows(dilation2d(_X, _FLAT, _ONES, "VALID", "NHWC", _ONES)) == [[9, 9, 6], [9, 9, 8]]
    assert _rows(erosion2d(_X, _FLAT, _ONES, "VALID", "NHWC", _ONES)) == [[1, 1, 1], [3, 2, 2]]


def test_heights_are_added_and_taken_away():
    expected = [[8, 11, 5, 8], [10, 9, 7, 10], [5, 6, 9, 8]]
    assert _rows(dilation2d(_X, _HEIGHTS, _ONES, "SAME", "NHWC", _ONES)) == expected
    expected = [[-1, 2, -1, 2], [3, 0, 3, 7], [1, 3, 6, 9]]
    assert _rows(erosion2d(_X, _HEIGHTS, _ONES, "SAME", "NHWC", _ONES)) == expected


def test_strides_and_rates():
    assert _rows(dilation2d(_X, _FLAT, [1, 2, 2, 1], "VALID", "NHWC", _ONES)) == [[9, 6]]
    assert _rows(dilation2d(_X, _FLAT, _ONES, "VALID", "NHWC", [1, 2, 2, 1])) == [[5, 8]]


@pytest.mark.parametrize(
    ("filters", "strides", "padding", "message"),
    [
        (torch.zeros(2, 2, 3), _ONES, "SAME", "filters"),
        (torch.zeros(2, 2), _ONES, "SAME", "filters"),
        (_FLAT, [2, 1, 1, 1], "SAME", "strides"),
        (_FLAT, [1, 1], "SAME", "strides"),
        (_FLAT, _ONES, "FULL", "padding"),
        (torch.zeros(7, 1, 1), _ONES, "VALID", "does not fit"),
    ],
)
def test_what_does_not_fit_is_refused(filters, strides, padding, message):
    with pytest.raises(InvalidArgumentError, match=message):
        dilation2d(_X, filters, strides, padding, "NHWC", _ONES)
