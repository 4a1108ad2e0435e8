"""The bundled iris flowers against scikit-learn's copy."""

from __future__ import annotations

import numpy as np
import pytest

from torchkeras_compat.datasets import iris


def test_the_flowers_are_those_of_scikit_learn() -> None:
    sklearn = pytest.importorskip("sklearn.datasets")
    x, y = sklearn.load_iris(return_X_y=True)
    (ours_x, ours_y), (none_x, none_y) = iris.load_data(test_split=0)
    assert (none_x.shape, none_y.shape) == ((0, 4), (0,))
    theirs = sorted((*row, label) for row, label in zip(x.astype("float32").tolist(), y.tolist()))
    ours = sorted((*row, label) for row, label in zip(ours_x.tolist(), ours_y.tolist()))
    assert ours == theirs


def test_the_split_has_every_class_on_both_sides() -> None:
    (x_train, y_train), (x_test, y_test) = iris.load_data()
    assert x_train.shape == (120, 4) and x_test.shape == (30, 4)
    assert x_train.dtype == np.float32 and y_train.dtype == np.int64
    assert set(y_train) == set(y_test) == {0, 1, 2}


@pytest.mark.parametrize("split", [-0.1, 1, 1.5])
def test_a_split_outside_the_unit_interval_is_an_error(split: float) -> None:
    with pytest.raises(ValueError, match=f"test_split={split}"):
        iris.load_data(test_split=split)
