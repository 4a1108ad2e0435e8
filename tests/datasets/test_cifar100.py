"""cifar100: fine and coarse labels."""

from __future__ import annotations

import numpy as np
import pytest

from tests.datasets.files import write_cifar100
from torchkeras_compat.datasets import cifar100


@pytest.mark.parametrize("label_mode", ["fine", "coarse"])
def test_the_numbers_are_those_of_keras(keras_loads, tmp_path, label_mode) -> None:
    write_cifar100(tmp_path / "data" / "cifar-100-python")
    mine = cifar100.load_data(label_mode=label_mode)
    for split, theirs in zip(mine, keras_loads("cifar100", tmp_path / "data", label_mode=label_mode)):
        for part, expected in zip(split, theirs):
            assert part.dtype == expected.dtype
            np.testing.assert_array_equal(part, expected)
    assert mine[1][1].tolist() == [[90], [91], [92], [93]] if label_mode == "fine" else [[1], [2], [3], [4]]


def test_another_mode_is_refused() -> None:
    with pytest.raises(ValueError, match="one of 'fine', 'coarse'. Received: label_mode='rough'"):
        cifar100.load_data(label_mode="rough")


def test_without_a_network_the_error_says_where() -> None:
    with pytest.raises(OSError, match=r"kriz/cifar-100-python.tar.gz elsewhere"):
        cifar100.load_data()


def test_the_samples_are_the_same_pictures_in_both_modes(samples) -> None:
    (x, fine), _ = cifar100.load_data()
    (same, coarse), _ = cifar100.load_data("coarse")
    np.testing.assert_array_equal(x, same)
    assert (x.shape, fine.shape, fine.dtype) == ((5000, 32, 32, 3), (5000, 1), np.int64)
    assert (set(fine[:, 0]), set(coarse[:, 0])) == (set(range(100)), set(range(20)))
    np.testing.assert_array_equal(fine % 20, coarse)
