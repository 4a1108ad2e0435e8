"""fashion_mnist: Keras's four files, torchvision's, and drawn clothes."""

from __future__ import annotations

import numpy as np
import pytest

from tests.datasets.files import pictures, write_idx
from torchkeras_compat.datasets import fashion_mnist


def test_the_files_in_the_cache_are_read(home) -> None:
    write_idx(home / "fashion-mnist", zipped=True)
    (x, y), (x_test, y_test) = fashion_mnist.load_data()
    np.testing.assert_array_equal(x, pictures(5, 0))
    np.testing.assert_array_equal(x_test, pictures(5, 1))
    assert y.dtype == y_test.dtype == x.dtype == np.uint8 and y.tolist() == [0, 1, 2, 3, 4]


def test_torchvision_s_files_are_found_in_listed_folders(tmp_path, monkeypatch) -> None:
    write_idx(tmp_path / "mine" / "FashionMNIST" / "raw")
    monkeypatch.setenv("TORCHKERAS_DATASETS", f"{tmp_path / 'none'}:{tmp_path / 'mine'}")
    assert fashion_mnist.load_data()[0][0].shape == (5, 28, 28)


def test_a_part_of_the_cache_is_not_enough(home) -> None:
    write_idx(home / "fashion-mnist", zipped=True)
    (home / "fashion-mnist" / "t10k-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(
        OSError, match=r"t10k-labels-idx1-ubyte.gz elsewhere and put it at .*datasets/fashion-mnist/t10k"
    ):
        fashion_mnist.load_data()


def test_the_samples_are_clothes_of_ten_kinds(samples) -> None:
    (x, y), (x_test, y_test) = fashion_mnist.load_data()
    assert (x.shape, x.dtype, x_test.shape, y_test.dtype) == ((6000, 28, 28), np.uint8, (1000, 28, 28), np.uint8)
    assert set(y) == set(range(10))
