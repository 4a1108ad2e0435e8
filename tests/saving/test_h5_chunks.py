"""Bombs among the packed chunks of arrays, and packed arrays as others write them."""

from __future__ import annotations

import time
import zlib
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

import torchkeras_compat as keras
from torchkeras_compat import layers
from torchkeras_compat.errors import FileContentError, FileLimitError
from torchkeras_compat.saving.h5_chunks import check_chunks
from torchkeras_compat.saving.stores import read_array

VALUES = np.random.RandomState(0).normal(size=(70, 33)).astype("float32")


def stored(path: Path, data: Any = VALUES, **options: Any) -> Any:
    file = h5py.File(path / "a.h5", "w")
    return file.create_dataset("a", data=data, **options)


@pytest.mark.parametrize("fletcher32", [False, True])
@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("compression", ["gzip", "lzf", None])
@pytest.mark.parametrize("data", [VALUES, np.zeros((70, 33), "float32"), VALUES.astype(">f8")], ids=["f4", "0", "f8"])
def test_packed_arrays_are_read(tmp_path: Path, data: Any, compression: Any, shuffle: bool, fletcher32: bool) -> None:
    dataset = stored(tmp_path, data, chunks=(20, 16), compression=compression, shuffle=shuffle, fletcher32=fletcher32)
    np.testing.assert_array_equal(read_array(dataset), data)


def test_a_chunk_that_is_not_packed_is_read(tmp_path: Path) -> None:
    dataset = stored(tmp_path, None, shape=(70, 33), dtype="f4", chunks=(70, 33), compression="gzip")
    dataset.id.write_direct_chunk((0, 0), VALUES.tobytes(), filter_mask=1)
    dataset.file.close()
    with h5py.File(tmp_path / "a.h5") as file:
        np.testing.assert_array_equal(read_array(file["a"]), VALUES)


def zeros(mib: int) -> bytes:
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(bytes(1 << 20)) for _ in range(mib)) + packer.flush()


BOMBS = {"gzip": zeros(200), "lzf": b"\0\0" + b"\xe0\xff\0" * 100_000}


@pytest.mark.parametrize("compression", BOMBS)
def test_a_chunk_that_unpacks_to_more_is_refused(tmp_path: Path, compression: str) -> None:
    dataset = stored(tmp_path, chunks=(70, 33), compression=compression)
    dataset.id.write_direct_chunk((0, 0), BOMBS[compression])
    begun = time.process_time()
    with pytest.raises(FileLimitError, match="to more than the 9,240 that it holds"):
        read_array(dataset)
    assert time.process_time() - begun < 1


def test_a_bomb_in_a_file_of_weights_changes_nothing(tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((70,)), layers.Dense(33)])
    path = str(tmp_path / "m.weights.h5")
    model.save_weights(path)
    with h5py.File(path, "r+") as file:
        group = file["layers/dense/vars"]
        del group["0"]
        group.create_dataset("0", shape=(70, 33), dtype="f4", chunks=(70, 33), compression="gzip")
        group["0"].id.write_direct_chunk((0, 0), BOMBS["gzip"])
    before = model.get_weights()
    with pytest.raises(FileLimitError, match="/layers/dense/vars/0 unpacks"):
        model.load_weights(path)
    assert all(map(np.array_equal, before, model.get_weights()))


def test_filters_in_another_order_are_refused(tmp_path: Path) -> None:
    creation = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    creation.set_chunk((70, 33))
    creation.set_deflate(4)
    creation.set_shuffle()
    with pytest.raises(FileContentError, match="in an order, or with settings"):
        check_chunks(stored(tmp_path, dcpl=creation))


def test_a_size_that_was_guessed_too_small_is_refused(tmp_path: Path) -> None:
    creation = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    creation.set_chunk((70, 33))
    creation.set_filter(h5py.h5z.FILTER_LZF, h5py.h5z.FLAG_OPTIONAL, (4, 261, 1))
    dataset = stored(tmp_path, dcpl=creation)
    if dataset.id.get_create_plist().get_filter(0)[2][2] == 1:
        with pytest.raises(FileContentError, match="in an order, or with settings"):
            check_chunks(dataset)


def test_broken_chunks_are_errors_of_hdf5(tmp_path: Path) -> None:
    dataset = stored(tmp_path, chunks=(70, 33), compression="gzip")
    for content in (b"", b"x", b"\x78\x9c", zlib.compress(VALUES.tobytes())[:-5]):
        dataset.id.write_direct_chunk((0, 0), content or b"\0")
        with pytest.raises(FileContentError, match="/a cannot be read"):
            read_array(dataset)
