from __future__ import annotations

import h5py
import numpy as np
import pytest

from torchkeras_compat.errors import FileContentError, FileLimitError
from torchkeras_compat.legacy.utils.hdf5_arrays import load_array, save_array


def test_arrays_come_back(tmp_path):
    x = np.random.RandomState(0).normal(size=(3, 4))
    save_array(x, tmp_path / "a.h5")
    assert np.array_equal(load_array(tmp_path / "a.h5"), x)
    with h5py.File(tmp_path / "a.h5") as file:
        assert list(file) == ["data"]  # where PyTables, and so Keras 1, has it


def test_hostile_files_are_refused(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["data"] = h5py.ExternalLink("b.h5", "data")
    with h5py.File(tmp_path / "b.h5", "w") as file:
        file["data"] = "text"
    with h5py.File(tmp_path / "c.h5", "w") as file:
        file.create_dataset("data", (10**9,), "float64", chunks=True, compression="gzip")
    with h5py.File(tmp_path / "d.h5", "w") as file:
        file.create_group("data")
    for name, error in (
        ("a", FileContentError),
        ("b", FileContentError),
        ("c", FileLimitError),
        ("d", FileContentError),
    ):
        with pytest.raises((error, FileContentError), match=f"{name}.h5"):
            load_array(tmp_path / f"{name}.h5")
    with pytest.raises(FileNotFoundError):
        load_array(tmp_path / "none.h5")
