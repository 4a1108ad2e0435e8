"""Stores of arrays are those of Keras, both ways."""

from __future__ import annotations

import io
from pathlib import Path

import h5py
import numpy as np
import pytest

from torchkeras_compat.dialects.private_store import H5IOStore
from torchkeras_compat.errors import FileContentError


@pytest.mark.parametrize("which", ["here to keras", "keras to here", "here to here"])
def test_files_are_those_of_keras(real_keras, tmp_path: Path, which: str) -> None:
    stores = {"here": H5IOStore, "keras": real_keras.src.saving.saving_lib.H5IOStore}
    writer, reader = (stores[name] for name in which.split(" to "))
    values = np.arange(6.0).reshape(2, 3)
    store = writer(tmp_path / "a.h5", mode="w")
    store.make("lora")["rank"] = np.array(4)
    store.make("lora/3")["kernel"] = values
    store.close()
    store = reader(tmp_path / "a.h5", mode="r")
    assert int(store.get("lora")["rank"][()]) == 4
    assert np.array_equal(store.get("lora/3")["kernel"], values)
    store.close()
    with H5IOStore(tmp_path / "a.h5") as store:
        assert list(store.get("nothing")) == []


def test_bytes_in_memory() -> None:
    file = io.BytesIO()
    with H5IOStore(file, mode="w") as store:
        store.make("")["a"] = np.ones(2)
    with H5IOStore(file) as store:
        assert store.get("")["a"].tolist() == [1.0, 1.0]


def test_wrong_arguments_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Received: a"):
        H5IOStore(tmp_path / "a.h5", mode="a")
    with pytest.raises(ValueError, match="archive"):
        H5IOStore(tmp_path / "a.h5", archive=object())
    with pytest.raises(TypeError, match="path_or_io=3"):
        H5IOStore(3)


def test_links_and_other_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "text.h5").write_text("no numbers")
    with pytest.raises(FileContentError, match="not an HDF5 file"):
        H5IOStore(tmp_path / "text.h5")
    with h5py.File(tmp_path / "link.h5", "w") as file:
        file["lora"] = h5py.ExternalLink("/etc/hosts", "x")
    with H5IOStore(tmp_path / "link.h5") as store, pytest.raises(FileContentError, match="ExternalLink"):
        store.get("lora")
