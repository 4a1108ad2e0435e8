"""cifar10: batches of Python 2 in the cache, beside the program, in the archive; pictures by class."""

from __future__ import annotations

import tarfile

import numpy as np
import pytest

from tests.datasets.files import pictures, python_2_pickle, write_cifar10
from torchkeras_compat.datasets import cifar10


@pytest.mark.parametrize("place", ["home/datasets", "home/datasets/cifar-10-batches-py-target", "data"])
def test_batches_are_found_and_joined(tmp_path, place) -> None:
    write_cifar10(tmp_path / place / "cifar-10-batches-py")
    (x, y), (x_test, y_test) = cifar10.load_data()
    assert (x.shape, x.dtype, y.shape, y.dtype) == ((20, 32, 32, 3), np.uint8, (20, 1), np.uint8)
    assert (x_test.shape, y_test.dtype) == ((4, 32, 32, 3), np.uint8)
    assert y[:, 0].tolist() == [(number + i) % 10 for number in range(1, 6) for i in range(4)]
    # a row of a batch holds red, green and blue, each line by line
    row = pictures(4, 2, (3072,))[3]
    assert x[7, 5, 9].tolist() == [row[5 * 32 + 9], row[1024 + 5 * 32 + 9], row[2048 + 5 * 32 + 9]]


@pytest.mark.slow
def test_the_numbers_are_those_of_keras(keras_loads, tmp_path) -> None:
    write_cifar10(tmp_path / "data" / "cifar-10-batches-py", 10_000)  # Keras expects as many
    for mine, theirs in zip(cifar10.load_data(), keras_loads("cifar10", tmp_path / "data")):
        for part, expected in zip(mine, theirs):
            assert part.dtype == expected.dtype
            np.testing.assert_array_equal(part, expected)


def test_the_archive_is_unpacked_where_keras_does_it(serve, home, tmp_path) -> None:
    write_cifar10(tmp_path / "there" / "cifar-10-batches-py")
    with tarfile.open(tmp_path / "cifar-10-python.tar.gz", "w:gz") as tar:
        tar.add(tmp_path / "there" / "cifar-10-batches-py", "cifar-10-batches-py")
    serve(cifar10, tmp_path / "cifar-10-python.tar.gz")
    assert cifar10.load_data()[0][0].shape == (20, 32, 32, 3)
    names = sorted(path.name for path in home.iterdir())
    assert names == ["cifar-10-batches-py-target", "cifar-10-batches-py-target_archive"]


def test_without_a_network_the_error_names_the_archive_and_the_folder(home) -> None:
    with pytest.raises(
        OSError, match=r"kriz/cifar-10-python.tar.gz elsewhere and put it at .*py-target_archive"
    ) as caught:
        cifar10.load_data()
    assert str(home / "cifar-10-batches-py") in str(caught.value)


def test_a_hostile_batch_is_refused(tmp_path) -> None:
    folder = tmp_path / "data" / "cifar-10-batches-py"
    write_cifar10(folder)
    (folder / "data_batch_3").write_bytes(b"\x80\x02cos\nsystem\nU\x0atouch here\x85R.")
    with pytest.raises(ValueError, match="data_batch_3.*os.system"):
        cifar10.load_data()
    assert not (tmp_path / "here").exists()
    (folder / "data_batch_3").write_bytes(python_2_pickle({"labels": [10], "data": pictures(1, 0, (3072,))}))
    with pytest.raises(ValueError, match="no list 'labels' of integers from 0 to 9"):
        cifar10.load_data()


def test_the_samples_differ_by_class(samples) -> None:
    (x, y), (x_test, y_test) = cifar10.load_data()
    assert (x.shape, x.dtype, y.shape, y.dtype) == ((5000, 32, 32, 3), np.uint8, (5000, 1), np.uint8)
    middle = x[:, 12:20, 12:20].mean((1, 2)).astype("float64")
    means = np.stack([middle[y[:, 0] == label].mean(0) for label in range(10)])
    test = x_test[:, 12:20, 12:20].mean((1, 2))
    nearest = ((test[:, None] - means) ** 2).sum(-1).argmin(1)
    assert 0.25 < (nearest == y_test[:, 0]).mean() < 0.95  # the colour in the middle says much, but not all
