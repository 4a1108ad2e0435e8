from __future__ import annotations

import h5py
import numpy as np
import pytest

from torchkeras_compat import Sequential, layers
from torchkeras_compat.errors import FileContentError
from torchkeras_compat.legacy.utils.hdf5_matrix import HDF5Matrix

X = np.random.RandomState(0).normal(size=(20, 3))


@pytest.fixture
def path(tmp_path):
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["x"] = X
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["group/x"] = X
        file["y"] = X.sum(1)
        file["text"] = "a scalar"
        file["link"] = h5py.ExternalLink("other.h5", "x")
        file["soft"] = h5py.SoftLink("/y")
        file.create_dataset("zeros", data=np.zeros((10_000, 10)), compression="gzip")
        file.create_dataset("outside", (3,), "uint8", external=[(str(tmp_path / "other.h5"), 0, 3)])
    yield tmp_path / "a.h5"
    HDF5Matrix.refs.pop(str(tmp_path / "a.h5")).close()


def test_rows(path):
    rows = HDF5Matrix(path, "group/x", start=2, end=12)
    assert (rows.shape, rows.dtype, rows.ndim, rows.size, len(rows)) == ((10, 3), np.float64, 2, 30, 10)
    assert (
        np.array_equal(rows[:], X[2:12])
        and np.array_equal(rows[3:5], X[5:7])
        and np.array_equal(rows[1:9:3], X[3:11:3])
    )
    assert np.array_equal(rows[0], X[2]) and np.array_equal(rows[-1], X[11])
    assert np.array_equal(rows[[1, 4]], X[[3, 6]]) and np.array_equal(rows[np.array([0, 9])], X[[2, 11]])
    assert np.array_equal(rows[np.arange(10) > 7], X[10:12]) and np.array_equal(np.asarray(rows), X[2:12])
    assert rows[5:50].shape == (5, 3) and rows[9:3].shape == (0, 3)
    for key in (10, -11, [0, 10], slice(None, None, -1)):
        with pytest.raises(IndexError, match="[rR]ows"):
            rows[key]


def test_files_are_shared_and_rows_normalized(path):
    rows = HDF5Matrix(str(path), "group/x", normalizer=lambda x: (x * 2).astype("float32")[:, :2])
    assert rows.shape == (20, 2) and rows.dtype == np.float32 and np.allclose(rows[4:6], X[4:6, :2] * 2)
    assert HDF5Matrix(path, "y").data.file == rows.data.file
    assert HDF5Matrix(path, "zeros").shape == (10_000, 10)


def test_models_read_batches(path):
    model = Sequential([layers.Dense(1)])
    model.compile("sgd", "mse")
    x, y = HDF5Matrix(path, "group/x", 0, 16), HDF5Matrix(path, "y", 0, 16)
    x.normalizer = reading = Reading()
    model.fit(x, y, batch_size=4, epochs=2, shuffle="batch", verbose=0)
    assert max(reading.rows) <= 4
    model.fit(x, y, batch_size=4, shuffle=True, verbose=0)
    assert model.predict(x, verbose=0).shape == (16, 1)
    assert model.evaluate(HDF5Matrix(path, "group/x", 16), HDF5Matrix(path, "y", 16), verbose=0) >= 0


class Reading:
    """Keeps in mind how many rows are read at a time."""

    def __init__(self):
        self.rows = []

    def __call__(self, x):
        self.rows.append(len(x))
        return x


@pytest.mark.parametrize("name", ["none", "link", "soft", "group", "text", "group/x/more", "outside"])
def test_all_but_arrays_of_the_file_are_refused(path, name):
    HDF5Matrix(path, "y")
    with pytest.raises(FileContentError, match="a.h5"):
        HDF5Matrix(path, name)


def test_other_files_and_rows_are_refused(path, tmp_path):
    (tmp_path / "b.h5").write_bytes(b"nothing")
    with pytest.raises(FileContentError, match="b.h5"):
        HDF5Matrix(tmp_path / "b.h5", "x")
    with pytest.raises(FileNotFoundError):
        HDF5Matrix(tmp_path / "none.h5", "x")
    with pytest.raises(ValueError, match="end=30"):
        HDF5Matrix(path, "y", 0, 30)
