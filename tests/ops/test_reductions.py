"""Reductions against NumPy: reduction, nan_reduction, quantiles, cumulative."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from torchkeras_compat import ops
from torchkeras_compat.symbolic.keras_tensor import KerasTensor

X = np.array([[[1.0, 5.0, 2.0], [0.0, 4.0, 7.0]], [[3.0, -1.0, 2.0], [2.0, 2.0, 9.0]]], "float32")
NAN = np.where(X == 2.0, np.nan, X).astype("float32")
PLAIN = "all amax amin any max mean median min prod ptp std sum var".split()
PASSING_OVER_NAN = "nanmax nanmean nanmedian nanmin nanprod nanstd nansum nanvar".split()
AXES = [None, 0, -1, (0, 2), ()]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # NumPy warns of slices that hold nothing but NaN
@pytest.mark.parametrize("axis", AXES, ids=str)
@pytest.mark.parametrize("name", PLAIN + PASSING_OVER_NAN)
def test_reductions_follow_numpy(name, axis):
    x = NAN if name.startswith("nan") else X
    for keepdims in (False, True):
        expected = getattr(np, name)(x, axis=axis, keepdims=keepdims)
        got = getattr(ops, name)(x, axis=axis, keepdims=keepdims)
        np.testing.assert_allclose(got, expected, rtol=1e-5, atol=1e-6)
        symbolic = getattr(ops, name)(KerasTensor((None, 2, 3)), axis=axis, keepdims=keepdims)
        assert [b for a, b in zip(symbolic.shape, got.shape, strict=True) if a is not None and a != b] == []


@pytest.mark.parametrize("name", ["max", "min"])
def test_initial_makes_empty_tensors_legal(name):
    x = np.zeros((2, 0), "float32")
    np.testing.assert_allclose(getattr(ops, name)(x, initial=1), 1)
    np.testing.assert_allclose(getattr(ops, name)(x, axis=1, keepdims=True, initial=1), [[1], [1]])


def test_narrow_integers_add_up_in_32_bits():
    assert int(ops.sum(np.full(10, 100, "int8"))) == 1000
    assert int(ops.prod(np.full(3, 100, "uint8"))) == 1_000_000
    assert float(ops.mean(np.full(3, 65504, "float16"))) == 65504


def test_an_axis_that_does_not_exist_is_named():
    with pytest.raises(ValueError, match="axis 3 is out of bounds for a tensor of 3 dimensions"):
        ops.sum(X, axis=3)
    with pytest.raises(ValueError, match=r"axis=\(0, 0\)"):
        ops.mean(X, axis=(0, 0))


def test_average_weights():
    weights = np.array([1.0, 2.0, 3.0], "float32")
    np.testing.assert_allclose(ops.average(X, -1, weights), np.average(X, -1, weights), rtol=1e-6)
    np.testing.assert_allclose(ops.average(X, weights=X + 2), np.average(X, weights=X + 2), rtol=1e-6)
    with pytest.raises(ValueError, match=r"weights.shape=\(3,\), axis=None"):
        ops.average(X, weights=weights)


@pytest.mark.parametrize("method", ["linear", "lower", "higher", "midpoint", "nearest"])
@pytest.mark.parametrize("axis", [None, 1, (0, 2)], ids=str)
def test_quantiles_follow_numpy(method, axis):
    for q in (0.3, np.array([0.25, 0.9], "float32")):
        for keepdims in (False, True):
            kwargs = {"axis": axis, "method": method, "keepdims": keepdims}
            np.testing.assert_allclose(ops.quantile(X, q, **kwargs), np.quantile(X, q, **kwargs), rtol=1e-5)
            np.testing.assert_allclose(ops.percentile(X, q * 100, **kwargs), np.quantile(X, q, **kwargs), rtol=1e-5)
            np.testing.assert_allclose(ops.nanquantile(NAN, q, **kwargs), np.nanquantile(NAN, q, **kwargs), rtol=1e-5)


def test_an_unknown_quantile_method_is_named():
    with pytest.raises(ValueError, match="'cubic'"):
        ops.quantile(X, 0.5, method="cubic")


def test_median_of_an_even_number_is_between_the_two_middle_ones():
    assert float(ops.median(torch.tensor([1, 2, 3, 4]))) == 2.5
    assert math.isnan(ops.median(np.array([1.0, np.nan])))
    assert math.isnan(ops.nanmedian(np.array([np.nan, np.nan])))


@pytest.mark.parametrize("axis", [None, 0, -1])
def test_running_sums_follow_numpy(axis):
    np.testing.assert_allclose(ops.cumsum(X, axis), np.cumsum(X, axis))
    np.testing.assert_allclose(ops.cumprod(X, axis), np.cumprod(X, axis))
    np.testing.assert_allclose(ops.nancumsum(NAN, axis), np.nancumsum(NAN, axis))
    np.testing.assert_allclose(ops.nancumprod(NAN, axis), np.nancumprod(NAN, axis))
    assert ops.cumsum(X, axis, dtype="int32").dtype is torch.int32


def test_running_sums_go_along_one_axis():
    with pytest.raises(ValueError, match=r"axis=\(0, 1\)"):
        ops.nancumsum(X, (0, 1))


def test_diff_and_trapezoid_follow_numpy():
    for n in range(4):
        np.testing.assert_allclose(ops.diff(X, n), np.diff(X, n))
    np.testing.assert_allclose(ops.trapezoid(X, axis=1), np.trapezoid(X, axis=1))
    np.testing.assert_allclose(ops.trapezoid(X, [0.0, 1.0, 3.0]), np.trapezoid(X, [0.0, 1.0, 3.0]))
    with pytest.raises(ValueError, match="n=-1"):
        ops.diff(X, -1)
