"""california_housing: both versions in the order of Keras, and prices that depend on the columns."""

from __future__ import annotations

import numpy as np
import pytest

from torchkeras_compat.datasets import california_housing


@pytest.fixture
def path(tmp_path):
    random = np.random.RandomState(0)
    np.savez(tmp_path / "own.npz", x=random.rand(700, 8).astype("float32"), y=random.rand(700).astype("float32"))
    return tmp_path / "own.npz"


@pytest.mark.parametrize("version", ["large", "small"])
@pytest.mark.parametrize("arguments", [{}, {"test_split": 0.33, "seed": 1}])
def test_the_splits_are_those_of_keras(keras_loads, path, version, arguments) -> None:
    mine = california_housing.load_data(version, path, **arguments)
    for split, theirs in zip(mine, keras_loads("california_housing", path, version=version, **arguments)):
        for part, expected in zip(split, theirs):
            assert part.dtype == expected.dtype
            np.testing.assert_array_equal(part, expected)


def test_bad_arguments_and_files_are_refused(path) -> None:
    with pytest.raises(ValueError, match="version='tiny'"):
        california_housing.load_data("tiny", path)
    with pytest.raises(ValueError, match="test_split=-0.1"):
        california_housing.load_data(path=path, test_split=-0.1)
    with pytest.raises(OSError, match="california_housing.npz elsewhere"):
        california_housing.load_data()


def test_prices_of_the_samples_depend_on_the_columns(samples) -> None:
    (x, y), (x_test, _) = california_housing.load_data()
    assert (x.shape, x.dtype, y.dtype, x_test.shape) == ((1651, 8), np.float32, np.float32, (413, 8))
    assert california_housing.load_data("small")[0][0].shape == (480, 8)
    table = np.c_[x - x.mean(0), np.ones(len(x))].astype("float64")
    errors = table @ np.linalg.lstsq(table, y.astype("float64"), rcond=None)[0] - y
    assert errors.var() < 0.4 * y.var()
