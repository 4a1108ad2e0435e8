"""Heaps of HDF5 files that HDF5 itself would walk for ever; the file format specification is the oracle."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import h5py
import pytest

import torchkeras_compat as keras
from torchkeras_compat.errors import FileContentError, FileLimitError
from torchkeras_compat.saving import h5_heaps


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    model.compile("sgd", "mse")
    model.save(tmp_path / "m.h5")
    return tmp_path / "m.h5"


def objects(data: bytes) -> list[tuple[int, int]]:
    """Place and index of each object in the first heap."""
    start = data.index(b"GCOL\x01\0\0\0")
    end, place, found = start + struct.unpack_from("<Q", data, start + 8)[0], start + 16, []
    while place + 16 <= end:
        index, size = struct.unpack_from("<H6xQ", data, place)
        found.append((place, index))
        place += 16 + (size + 7) // 8 * 8 if index else size
    return found


@pytest.mark.parametrize("size", [0, 8, 2**40, 2**64 - 1, 2**64 - 8])
@pytest.mark.parametrize("which", ["free space", "an object"])
def test_a_heap_that_leads_nowhere_is_refused(size: int, which: str, saved: Path) -> None:
    data = bytearray(saved.read_bytes())
    places = [place for place, index in objects(data) if (index == 0) == (which == "free space")]
    if which == "an object" and size in (0, 8):
        struct.pack_into("<H", data, places[0], 0)  # the object becomes free space
    struct.pack_into("<Q", data, places[0] + 8, size)
    saved.write_bytes(data)
    with pytest.raises(FileContentError, match="global heap at byte [0-9]+ is broken"):
        keras.models.load_model(saved)
    with pytest.raises(FileContentError, match="is broken"):
        keras.models.load_model(io.BytesIO(data))


def test_a_heap_longer_than_its_file_is_refused(saved: Path) -> None:
    data = bytearray(saved.read_bytes())
    struct.pack_into("<Q", data, data.index(b"GCOL\x01\0\0\0") + 8, 2**50)
    saved.write_bytes(data)
    with pytest.raises(FileContentError):
        keras.models.load_model(saved)


def test_a_heap_far_into_a_file_is_found_across_blocks() -> None:
    data = b"\0" * (h5_heaps._BLOCK - 3) + b"GCOL\x01\0\0\0" + b"\0" * 64
    assert list(h5_heaps._starts(io.BytesIO(data), len(data))) == [h5_heaps._BLOCK - 3]


def test_files_with_many_texts_load(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "texts.h5", "w") as file:
        for i in range(500):
            file.attrs[f"text{i}"] = "x" * (i * 37 % 5000)
        file.attrs["keras_version"] = "3.15.1"
        file.attrs["model_config"] = keras.Sequential([keras.Input((3,)), keras.layers.Flatten()]).to_json()
        group = file.create_group("model_weights")
        group.attrs["layer_names"] = []
    assert keras.models.load_model(tmp_path / "texts.h5").input_shape == (None, 3)


def test_heaps_that_lie_in_each_other_are_not_walked_again_and_again(saved: Path) -> None:
    data = bytearray(saved.read_bytes())
    data += b"".join(b"GCOL\x01\0\0\0" + struct.pack("<Q", 16 * (20_000 - i)) for i in range(20_000))
    saved.write_bytes(data)
    with pytest.raises(FileContentError):
        keras.models.load_model(saved)
    # Each is an object of no size to the ones around it, as those headers read.
    whole = b"".join(b"GCOL\x01\0\0\0" + struct.pack("<Q", 16) for _ in range(200_000))
    with pytest.raises(FileLimitError, match="too many texts"):
        h5_heaps._check(io.BytesIO(whole))
