from __future__ import annotations

import random
import runpy
import struct
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from torchkeras_compat.errors import FileContentError, FileLimitError
from torchkeras_compat.saving.file_limits import FileLimits, reading_within
from torchkeras_compat.saving.tensorflow_bundle.bundle import Bundle
from torchkeras_compat.saving.tensorflow_bundle.crc32c import crc32c, masked_crc32c
from torchkeras_compat.saving.tensorflow_bundle.object_graph import KEY
from torchkeras_compat.saving.tensorflow_bundle.wire import field, varint, varint_field

writer: Any = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("writer.py"))))

ARRAYS = {
    f"a/{dtype}": np.arange(6).reshape(2, 3).astype(dtype) if dtype != "bool" else np.array([True, False])
    for dtype in writer.DTYPES
} | {"scalar": np.array(3.5, "float32"), "nothing": np.zeros((0, 4), "float32")}


@pytest.mark.parametrize("shards", [1, 3])
def test_tensors_are_read(tmp_path: Path, shards: int) -> None:
    writer.write_bundle(tmp_path / "cp", ARRAYS, shards=shards)
    bundle = Bundle(str(tmp_path / "cp"))
    assert set(bundle.entries) == set(ARRAYS)
    for name, array in ARRAYS.items():
        found = bundle.read(name)
        assert found.numpy().dtype == array.dtype
        np.testing.assert_array_equal(found.numpy(), array)


def test_bfloat16(tmp_path: Path) -> None:
    values = torch.tensor([1.5, -2.25], dtype=torch.bfloat16)
    content = values.view(torch.int16).numpy().tobytes()
    writer.write_bundle(tmp_path / "cp", {}, v=writer.entry(14, (2,), 0, 0, 4, masked_crc32c(content)))
    (tmp_path / "cp.data-00000-of-00001").write_bytes(content)
    assert torch.equal(Bundle(str(tmp_path / "cp")).read("v"), values)


def test_text(tmp_path: Path) -> None:
    objects = writer.graph(writer.nodes_of(["a/kernel"]))
    writer.write_bundle(tmp_path / "cp", {}, objects)
    bundle = Bundle(str(tmp_path / "cp"))
    assert bundle.read_text(KEY) == objects
    with pytest.raises(FileContentError, match="has the dtype 7"):
        bundle.read(KEY)
    with reading_within(FileLimits(config_bytes=len(objects))), pytest.raises(FileLimitError):
        bundle.read_text(KEY)


GOOD = writer.entry(1, (2,), 0, 0, 8, masked_crc32c(bytes(8)))
BAD = {
    "behind the end": (writer.entry(1, (2,), 0, 4, 8, 0), "lies outside its files"),
    "huge": (writer.entry(1, (10**12,), 0, 0, 4 * 10**12, 0), "lies outside its files"),
    "another shape": (writer.entry(1, (10**12,), 0, 0, 8, 0), "which is 4000000000000 bytes, and not the 8"),
    "many axes": (writer.entry(1, (1,) * 2000, 0, 0, 4, 0), "which no tensor has"),
    "negative axis": (writer.entry(1, (-1,), 0, 0, 8, 0), "which no tensor has"),
    "another shard": (writer.entry(1, (2,), 7, 0, 8, 0), "lies outside its files"),
    "no message": (b"\xff\xff", "does not end"),
    "no shape": (varint_field(1, 1) + field(2, varint_field(3, 1)), "has no shape"),
}


@pytest.mark.parametrize(("content", "words"), BAD.values(), ids=BAD)
def test_entries_are_checked_before_anything_is_read(tmp_path: Path, content: bytes, words: str) -> None:
    writer.write_bundle(tmp_path / "cp", {"a": np.zeros(2, "float32")}, v=content)
    begun = time.perf_counter()
    with pytest.raises(FileContentError, match=words):
        Bundle(str(tmp_path / "cp"))
    assert time.perf_counter() - begun < 1


def test_what_is_not_read(tmp_path: Path) -> None:
    sliced = GOOD + field(7, field(1, varint_field(1, 0)))
    writer.write_bundle(
        tmp_path / "cp", {"a": np.zeros(2, "float32")}, sliced=sliced, odd=writer.entry(13, (2,), 0, 0, 8, 0)
    )
    bundle = Bundle(str(tmp_path / "cp"))
    for name, words in {"sliced": "lies in slices", "odd": "has the dtype 13", "none": "has nothing under"}.items():
        with pytest.raises(FileContentError, match=words):
            bundle.read(name)


def test_headers_are_checked(tmp_path: Path) -> None:
    path = tmp_path / "cp.index"
    for header, words in {
        varint_field(1, 1) + varint_field(2, 1): "big-endian",
        varint_field(1, 0): "claims to have 0 files",
        varint_field(1, 2**40): "claims to have 1099511627776 files",
    }.items():
        path.write_bytes(writer.table({"": header}))
        with pytest.raises(FileContentError, match=words):
            Bundle(str(tmp_path / "cp"))
    path.write_bytes(writer.table({"a": GOOD}))
    with pytest.raises(FileContentError, match="has no header"):
        Bundle(str(tmp_path / "cp"))


def test_missing_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"cp\.index"):
        Bundle(str(tmp_path / "cp"))
    writer.write_bundle(tmp_path / "cp", ARRAYS, shards=2)
    (tmp_path / "cp.data-00001-of-00002").unlink()
    with pytest.raises(FileNotFoundError, match="data-00001-of-00002"):
        Bundle(str(tmp_path / "cp"))


def test_no_change_of_the_data_goes_unseen(tmp_path: Path) -> None:
    writer.write_bundle(tmp_path / "cp", ARRAYS, writer.graph(writer.nodes_of(["a", "b/c"])))
    path = tmp_path / "cp.data-00000-of-00001"
    data = path.read_bytes()
    rng = random.Random(0)
    for _ in range(100):
        changed = bytearray(data)
        place = rng.randrange(len(data))
        changed[place] ^= 1 << rng.randrange(8)
        path.write_bytes(changed)
        bundle = Bundle(str(tmp_path / "cp"))
        broken = 0
        for name in bundle.entries:
            try:
                bundle.read_text(name) if name == KEY else bundle.read(name)
            except FileContentError:
                broken += 1
        assert broken == 1
    path.write_bytes(data[:-1])
    with pytest.raises(FileContentError, match="lies outside its files"):
        Bundle(str(tmp_path / "cp"))


def test_a_text_that_claims_another_length(tmp_path: Path) -> None:
    objects = b"abc"
    content = varint(2**50) + struct.pack("<I", 0) + objects
    writer.write_bundle(tmp_path / "cp", {}, **{KEY: writer.entry(7, (), 0, 0, len(content), crc32c(content))})
    (tmp_path / "cp.data-00000-of-00001").write_bytes(content)
    with pytest.raises(FileContentError, match="is cut off"):
        Bundle(str(tmp_path / "cp")).read_text(KEY)
