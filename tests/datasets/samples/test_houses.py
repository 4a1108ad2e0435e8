"""Generated tables of houses."""

from __future__ import annotations

import numpy as np
import pytest

from torchkeras_compat.datasets.samples.houses import boston, california


@pytest.mark.parametrize(("make", "columns", "dtype"), [(boston, 13, "float64"), (california, 8, "float32")])
def test_tables(make, columns, dtype) -> None:
    x, y = make(100, seed=0)
    assert (x.shape, x.dtype, y.shape, y.dtype) == ((100, columns), dtype, (100,), dtype)
    assert np.isfinite(x).all() and (y > 0).all()
    np.testing.assert_array_equal(make(100, seed=0)[0], x)
    assert (make(100, seed=1)[0] != x).any()


def test_ranges_are_those_of_the_datasets() -> None:
    x, y = california(2000, seed=0)
    assert (-125 < x[:, 0]).all() and (x[:, 0] < -110).all() and (31 < x[:, 1]).all() and (x[:, 1] < 43).all()
    assert 100_000 < np.median(y) < 300_000
    x, y = boston(506, seed=0)
    assert set(x[:, 3]) == {0.0, 1.0} and 15 < np.median(y) < 30
