from __future__ import annotations

import gzip
import zlib
from pathlib import Path
from typing import Any

import pytest

from torchkeras_compat.dialects.tensorflow.data.readers import (
    CsvDataset,
    FixedLengthRecordDataset,
    RandomDataset,
    TextLineDataset,
    TFRecordDataset,
)
from torchkeras_compat.dialects.tensorflow.errors import DataLossError, InvalidArgumentError, NotFoundError
from torchkeras_compat.dialects.tensorflow.io.records import TFRecordWriter


def test_lines(listed: Any, tmp_path: Path) -> None:
    text = b"one\r\ntwo\n\nthree"
    (tmp_path / "t.txt").write_bytes(text)
    (tmp_path / "t.gz").write_bytes(gzip.compress(text))
    (tmp_path / "t.z").write_bytes(zlib.compress(text))
    for name, kind in (("t.txt", None), ("t.gz", "GZIP"), ("t.z", "ZLIB")):
        assert listed(TextLineDataset(str(tmp_path / name), kind)) == [b"one", b"two", b"", b"three"]
    with pytest.raises(DataLossError, match="cannot be unpacked"):
        listed(TextLineDataset(str(tmp_path / "t.txt"), "GZIP"))
    with pytest.raises(NotFoundError, match=r"u\.txt"):
        listed(TextLineDataset([str(tmp_path / "u.txt")]))
    with pytest.raises(ValueError, match="'ZIP'"):
        TextLineDataset("t", "ZIP")


def test_records_of_several_files(listed: Any, tmp_path: Path) -> None:
    paths = [str(tmp_path / name) for name in ("a", "b")]
    for path in paths:
        with TFRecordWriter(path) as writer:
            for number in range(2):
                writer.write(f"{path[-1]}{number}".encode())
    assert listed(TFRecordDataset(paths)) == [b"a0", b"a1", b"b0", b"b1"]
    assert listed(TFRecordDataset(paths, num_parallel_reads=2)) == [b"a0", b"b0", b"a1", b"b1"]
    assert listed(TFRecordDataset(TextLineDataset.from_tensor_slices(paths)).take(1)) == [b"a0"]


def test_records_of_one_length(listed: Any, tmp_path: Path) -> None:
    path = tmp_path / "f.bin"
    path.write_bytes(b"HHaabbccF")
    assert listed(FixedLengthRecordDataset(str(path), 2, 2, 1)) == [b"aa", b"bb", b"cc"]
    with pytest.raises(InvalidArgumentError, match="Excess bytes of length 1"):
        listed(FixedLengthRecordDataset(str(path), 2))


def test_rows_of_csv(listed: Any, tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text('a,b,c\n1,2.5,x\n3,,"y\nz"\n')
    made = CsvDataset(str(path), [[0], 1.5, [""]], header=True)
    assert listed(made) == [(1, 2.5, b"x"), (3, 1.5, b"y\nz")]  # TensorFlow 2.15
    assert listed(CsvDataset(str(path), [[0], [""]], header=True, select_cols=[0, 2]))[0] == (1, b"x")
    assert listed(CsvDataset(str(path), [[0], [""]], header=True, exclude_cols=[1]))[0] == (1, b"x")
    with pytest.raises(ValueError, match="not both"):
        CsvDataset(str(path), [[0]], select_cols=[0], exclude_cols=[1])


def test_random_numbers() -> None:
    first, second = (int(next(iter(RandomDataset(seed=1)))) for _ in range(2))
    assert first == second
