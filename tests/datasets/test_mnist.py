"""mnist: the file of Keras, torchvision's files, the network, and drawn digits that a network learns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.datasets.files import pictures, write_idx
from torchkeras_compat.datasets import mnist


def write(path: Path, **changes: Any) -> Path:
    arrays = {"x_train": pictures(6, 0), "y_train": np.arange(6, dtype="uint8")}
    arrays |= {"x_test": pictures(3, 1), "y_test": np.arange(3, dtype="uint8")}
    np.savez_compressed(path, **(arrays | changes))
    return path


def test_a_file_is_read_as_keras_reads_it(keras_loads, tmp_path) -> None:
    path = write(tmp_path / "own.npz")
    for mine, theirs in zip(mnist.load_data(path), keras_loads("mnist", path)):
        for part, expected in zip(mine, theirs):
            assert part.dtype == expected.dtype
            np.testing.assert_array_equal(part, expected)


def test_it_is_downloaded_once_and_lies_where_keras_looks(serve, home, tmp_path) -> None:
    path = write(tmp_path / "there.npz")
    serve(mnist, path)
    (x, _), _ = mnist.load_data()
    assert (home / "mnist.npz").read_bytes() == path.read_bytes()
    path.unlink()
    np.testing.assert_array_equal(mnist.load_data()[0][0], x)


def test_another_name_in_the_cache(serve, home, tmp_path) -> None:
    serve(mnist, write(tmp_path / "there.npz"))
    mnist.load_data("digits.npz")
    assert [path.name for path in home.iterdir()] == ["digits.npz"]


@pytest.mark.parametrize("zipped", [False, True])
def test_torchvision_s_files_are_found(tmp_path, zipped) -> None:
    write_idx(tmp_path / "data" / "MNIST" / "raw", zipped=zipped)
    (x, y), (x_test, _) = mnist.load_data()
    np.testing.assert_array_equal(x, pictures(5, 0))
    np.testing.assert_array_equal(x_test, pictures(5, 1))
    assert y.tolist() == [0, 1, 2, 3, 4]


def test_without_a_network_the_error_says_what_to_put_where(home) -> None:
    with pytest.raises(OSError, match=r"no network.*tf-keras-datasets/mnist.npz elsewhere and put it at") as caught:
        mnist.load_data()
    assert str(home / "mnist.npz") in str(caught.value) and "TORCHKERAS_SAMPLE_DATA=1" in str(caught.value)
    (home / "mnist.npz").write_bytes(b"half of it")
    with pytest.raises(OSError, match=r"mnist.npz has not the hash of the dataset, and"):
        mnist.load_data()
    assert (home / "mnist.npz").read_bytes() == b"half of it"
    with pytest.raises(FileNotFoundError, match=r"no file .*gone/mnist.npz with the dataset mnist"):
        mnist.load_data("gone/mnist.npz")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"x_train": pictures(6, 0).astype("float32")}, "float32"),
        ({"y_test": np.arange(4, dtype="uint8")}, r"uint8 \(4,\)"),
        ({"y_train": np.full(6, 10, dtype="uint8")}, "a label 10"),
    ],
)
def test_a_file_of_something_else_is_refused(tmp_path, changes, message) -> None:
    with pytest.raises(ValueError, match=f"own.npz.*{message}"):
        mnist.load_data(write(tmp_path / "own.npz", **changes))


def test_a_convolutional_network_learns_the_samples(samples, capsys) -> None:
    (x, y), (x_test, y_test) = mnist.load_data()
    assert (x.shape, x.dtype, y.shape, y.dtype) == ((6000, 28, 28), np.uint8, (6000,), np.uint8)
    assert x_test.shape == (1000, 28, 28)
    mnist.load_data()
    assert capsys.readouterr().err.count("6,000 generated samples in the place of the 60,000 of the dataset mnist") == 1
    torch.manual_seed(0)
    network = torch.nn.Sequential(
        torch.nn.Conv2d(1, 8, 5, stride=2), torch.nn.ReLU(), torch.nn.MaxPool2d(2), torch.nn.Flatten(),
        torch.nn.Linear(288, 10),
    )  # fmt: skip
    optimizer = torch.optim.Adam(network.parameters(), 3e-3)
    inputs, targets = torch.tensor(x[:, None] / 255.0, dtype=torch.float32), torch.tensor(y.astype("int64"))
    for batch in [*torch.randperm(6000).split(64)] * 3:
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(network(inputs[batch]), targets[batch]).backward()
        optimizer.step()
    predicted = network(torch.tensor(x_test[:, None] / 255.0, dtype=torch.float32)).argmax(1).numpy()
    assert (predicted == y_test).mean() > 0.95
    linear = np.linalg.lstsq(x.reshape(6000, -1) / 255.0, np.eye(10)[y], rcond=None)[0]
    assert (predicted == y_test).mean() > ((x_test.reshape(1000, -1) / 255.0) @ linear).argmax(1).__eq__(y_test).mean()
