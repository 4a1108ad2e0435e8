"""Counts, histograms and correlations, against NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from torchkeras_compat import ops
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


def test_bincount_counts_in_each_row():
    x, weights = np.array([1, 1, 2, 3, 2, 6]), np.array([0.5, 0, 3, 2, 1, 2], "float32")
    np.testing.assert_array_equal(ops.bincount(x, minlength=9), np.bincount(x, minlength=9))
    np.testing.assert_allclose(ops.bincount(x, weights), np.bincount(x, weights))
    rows = ops.bincount(np.stack([x, x * 0]))
    np.testing.assert_array_equal(rows, [np.bincount(x), [6, 0, 0, 0, 0, 0, 0]])
    assert ops.bincount(KerasTensor((None, 5), "int32")).shape == (None, None)
    with pytest.raises(ValueError, match="sparse=True"):
        ops.bincount(x, sparse=True)


@pytest.mark.parametrize("bounds", [None, (2, 8), (0.0, 20.0)])
def test_histogram_follows_numpy(bounds):
    for x in (np.array([0.0, 2.0, 4.0, 8.0, 10.0]), np.array([3.0, 3.0]), np.array([1e10, 2e10])):
        for got, expected in zip(ops.histogram(x, 5, bounds), np.histogram(x, 5, bounds), strict=True):
            np.testing.assert_allclose(got, expected)


@pytest.mark.parametrize(
    ("args", "words"), [((10, (1,)), r"range=\(1,\)"), ((10, (5, 1)), r"range=\(5, 1\)"), ((-1,), "bins=-1")]
)
def test_histogram_names_bad_arguments(args, words):
    for x in (np.zeros(3), KerasTensor((None,))):
        with pytest.raises(ValueError, match=words):
            ops.histogram(x, *args)


@pytest.mark.parametrize("mode", ["valid", "same", "full"])
def test_correlate_follows_numpy(mode):
    longer, shorter = np.array([1.0, 3.0, 5.0, 2.0]), np.array([7.0, 9.0, 1.0])
    for x, y in ((longer, shorter), (shorter, longer), (longer, shorter[:2]), (shorter[:2], longer)):
        np.testing.assert_allclose(ops.correlate(x, y, mode), np.correlate(x, y, mode))


def test_complex_sequences_are_conjugated():
    x, y = np.array([1 + 1j, 2, 3j]), np.array([1j, 2 - 1j])
    np.testing.assert_allclose(ops.correlate(x, y, "full"), np.correlate(x, y, "full"))
    np.testing.assert_allclose(ops.correlate(y, x, "full"), np.correlate(y, x, "full"))


def test_correlate_names_bad_arguments():
    with pytest.raises(ValueError, match="mode='circular'"):
        ops.correlate(np.zeros(3), np.zeros(3), mode="circular")
    with pytest.raises(ValueError, match=r"x1.shape=\(2, 2\)"):
        ops.correlate(np.zeros((2, 2)), np.zeros(3))


def test_corrcoef_follows_numpy():
    x = np.array([[1.0, 2.0, 4.0], [2.0, 1.0, 0.5]])
    np.testing.assert_allclose(ops.corrcoef(x), np.corrcoef(x))
    assert ops.corrcoef(KerasTensor((3, None))).shape == (3, 3)


def test_small_weights_do_not_overflow():
    """The sums have the dtype of both operands together, as in Keras."""
    found = ops.bincount(np.zeros(3, "int32"), weights=np.full(3, 200, "uint8"))
    assert (found.tolist(), str(found.dtype)) == ([600], "torch.int32")
