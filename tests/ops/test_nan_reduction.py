"""Reductions that pass over NaN, against NumPy."""

from __future__ import annotations

import pytest

from tests.ops.against_numpy import AXES, check_reduction


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # NumPy warns of slices that hold nothing but NaN
@pytest.mark.parametrize("axis", AXES, ids=str)
@pytest.mark.parametrize("name", "nanmax nanmean nanmin nanprod nanstd nansum nanvar".split())
def test_reductions_follow_numpy(name, axis):
    check_reduction(name, axis)
