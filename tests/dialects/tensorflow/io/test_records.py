from __future__ import annotations

import struct
import tracemalloc
from pathlib import Path

import pytest

from torchkeras_compat.dialects.tensorflow.errors import DataLossError, NotFoundError
from torchkeras_compat.dialects.tensorflow.io.records import TFRecordOptions, TFRecordWriter, read_records
from torchkeras_compat.saving.tensorflow_bundle.crc32c import masked_crc32c

RECORDS = [b"", b"one", b"x" * 5000]


@pytest.mark.parametrize("kind", [None, "", "GZIP", "ZLIB", TFRecordOptions("GZIP", compression_level=1)])
def test_records_round_trip(tmp_path: Path, kind: object) -> None:
    path = tmp_path / "a.tfrecord"
    with TFRecordWriter(path, kind) as writer:
        for record in RECORDS:
            writer.write(record)
        writer.flush()
    assert list(read_records(path, kind)) == RECORDS


def test_bytes_are_those_of_tensorflow(tmp_path: Path) -> None:
    path = tmp_path / "a.tfrecord"
    with TFRecordWriter(str(path)) as writer:
        writer.write(b"one")
    assert path.read_bytes().hex() == "0300000000000000b099490e6f6e6501405508"  # TensorFlow 2.15


def test_broken_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.tfrecord"
    with TFRecordWriter(path) as writer:
        writer.write(b"one")
    good = path.read_bytes()
    for broken, message in (
        (good[:5], "within a length"),
        (good[:-1], "within a record"),
        (b"\x04" + good[1:], "checksum of its length"),
        (good[:12] + b"two" + good[15:], "checksum of its content"),
    ):
        path.write_bytes(broken)
        with pytest.raises(DataLossError, match=message):
            list(read_records(path))
    for kind in ("GZIP", "ZLIB"):
        with pytest.raises(DataLossError, match="cannot be unpacked"):
            list(read_records(path, kind))
    with pytest.raises(NotFoundError, match="No such file"):
        list(read_records(tmp_path / "b"))


def test_a_claimed_length_allocates_nothing(tmp_path: Path) -> None:
    head = struct.pack("<Q", 2**50)
    path = tmp_path / "a.tfrecord"
    path.write_bytes(head + struct.pack("<I", masked_crc32c(head)) + b"abc")
    tracemalloc.start()
    try:
        with pytest.raises(DataLossError, match="within a record"):
            list(read_records(path))
        assert tracemalloc.get_traced_memory()[1] < 2**25
    finally:
        tracemalloc.stop()


def test_bad_arguments(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="'LZ4'"):
        TFRecordWriter(tmp_path / "a", "LZ4")
    with pytest.raises(TypeError, match="SerializeToString"), TFRecordWriter(tmp_path / "a") as writer:
        writer.write(3)
    with pytest.raises(ValueError, match="Of TFRecordOptions"):
        TFRecordOptions("GZIP", mem_level=3)
