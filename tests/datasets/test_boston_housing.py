"""boston_housing: rows in the order of Keras, and prices that depend on the columns."""

from __future__ import annotations

import numpy as np
import pytest

from torchkeras_compat.datasets import boston_housing


@pytest.fixture
def path(tmp_path):
    random = np.random.RandomState(0)
    np.savez(tmp_path / "own.npz", x=random.rand(53, 13), y=random.rand(53))
    return tmp_path / "own.npz"


@pytest.mark.parametrize("arguments", [{}, {"test_split": 0}, {"test_split": 0.33, "seed": 1}, {"test_split": 0.99}])
def test_the_splits_are_those_of_keras(keras_loads, path, arguments) -> None:
    mine = boston_housing.load_data(path, **arguments)
    for split, theirs in zip(mine, keras_loads("boston_housing", path, **arguments)):
        for part, expected in zip(split, theirs):
            assert part.dtype == expected.dtype
            np.testing.assert_array_equal(part, expected)


def test_bad_arguments_and_files_are_refused(path, tmp_path) -> None:
    with pytest.raises(ValueError, match="test_split=1"):
        boston_housing.load_data(path, test_split=1)
    np.savez(tmp_path / "bad.npz", x=np.zeros((4, 12)), y=np.zeros(4))
    with pytest.raises(ValueError, match=r"bad.npz.*\(samples, 13\).*float64 \(4, 12\)"):
        boston_housing.load_data(tmp_path / "bad.npz")
    with pytest.raises(OSError, match="boston_housing.npz elsewhere"):
        boston_housing.load_data()


def test_prices_of_the_samples_depend_on_the_columns(samples) -> None:
    (x, y), (x_test, y_test) = boston_housing.load_data()
    assert (x.shape, x.dtype, y.dtype, x_test.shape) == ((404, 13), np.float64, np.float64, (102, 13))
    weights = np.linalg.lstsq(np.c_[x, np.ones(404)], y, rcond=None)[0]
    errors = np.c_[x_test, np.ones(102)] @ weights - y_test
    assert errors.var() < 0.35 * y_test.var()
