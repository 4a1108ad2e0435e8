"""NaN and infinity in arrays."""

from __future__ import annotations

import numpy as np
import pytest

from torchkeras_compat.data.make_adapter import make_adapter


def test_nan_and_infinity_are_named_with_their_rows():
    x, y = np.zeros((100, 3)), np.zeros(100)
    x[40, 1] = np.nan
    y[7] = np.inf
    with pytest.warns(
        UserWarning, match=r"`x\['a'\]` holds NaN, first in row 40; `y` holds infinity, first in row 7"
    ) as caught:
        make_adapter({"a": x}, y, check_finite=True, device="cpu")
    assert caught[0].filename == __file__


def test_large_finite_numbers_are_not_a_fault():
    make_adapter(np.full((4, 2), 3e38, "float32"), check_finite=True, device="cpu")
