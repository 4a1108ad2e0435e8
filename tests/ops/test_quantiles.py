"""Medians and quantiles, against NumPy."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from tests.ops.against_numpy import AXES, NAN, VALUES, check_reduction
from torchkeras_compat import ops


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # NumPy warns of slices that hold nothing but NaN
@pytest.mark.parametrize("axis", AXES, ids=str)
@pytest.mark.parametrize("name", "median nanmedian".split())
def test_reductions_follow_numpy(name, axis):
    check_reduction(name, axis)


@pytest.mark.parametrize("method", ["linear", "lower", "higher", "midpoint", "nearest"])
@pytest.mark.parametrize("axis", [None, 1, (0, 2)], ids=str)
def test_quantiles_follow_numpy(method, axis):
    for q in (0.3, np.array([0.25, 0.9], "float32")):
        for keepdims in (False, True):
            kwargs = {"axis": axis, "method": method, "keepdims": keepdims}
            np.testing.assert_allclose(ops.quantile(VALUES, q, **kwargs), np.quantile(VALUES, q, **kwargs), rtol=1e-5)
            np.testing.assert_allclose(
                ops.percentile(VALUES, q * 100, **kwargs), np.quantile(VALUES, q, **kwargs), rtol=1e-5
            )
            np.testing.assert_allclose(ops.nanquantile(NAN, q, **kwargs), np.nanquantile(NAN, q, **kwargs), rtol=1e-5)


def test_an_unknown_quantile_method_is_named():
    with pytest.raises(ValueError, match="'cubic'"):
        ops.quantile(VALUES, 0.5, method="cubic")


def test_median_of_an_even_number_is_between_the_two_middle_ones():
    assert float(ops.median(torch.tensor([1, 2, 3, 4]))) == 2.5
    assert math.isnan(ops.median(np.array([1.0, np.nan])))
    assert math.isnan(ops.nanmedian(np.array([np.nan, np.nan])))
