"""Axes that do not exist."""

from __future__ import annotations

import pytest

from tests.ops.against_numpy import VALUES
from torchkeras_compat import ops


def test_an_axis_that_does_not_exist_is_named():
    with pytest.raises(ValueError, match="axis 3 is out of bounds for a tensor of 3 dimensions"):
        ops.sum(VALUES, axis=3)
    with pytest.raises(ValueError, match=r"axis=\(0, 0\)"):
        ops.mean(VALUES, axis=(0, 0))
