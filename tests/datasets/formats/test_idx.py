"""IDX files: plain and gzipped, broken and of another kind."""

from __future__ import annotations

import gzip

import numpy as np
import pytest

from torchkeras_compat.datasets.formats.idx import read_idx

GOOD = bytes([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, *range(6)])


@pytest.mark.parametrize("content", [GOOD, gzip.compress(GOOD, mtime=0)], ids=["plain", "gzipped"])
def test_an_array_is_read(tmp_path, content) -> None:
    (tmp_path / "a").write_bytes(content)
    array = read_idx(tmp_path / "a", axes=2)
    assert array.dtype == np.uint8 and array.tolist() == [[0, 1, 2], [3, 4, 5]]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        GOOD[:9],
        GOOD[:-1],
        GOOD + b"x",
        b"\x00\x00\x09" + GOOD[3:],
        b"\x00\x00\x08\x01" + GOOD[4:],
        b"\x00\x00\x08\x02" + b"\xff" * 8 + b"abc",
        gzip.compress(GOOD, mtime=0)[:-3],
        gzip.compress(GOOD, mtime=0)[:-8] + b"\x00" * 8,
        b"\x1f\x8bnot gzip",
    ],
)
def test_broken_files_are_refused(tmp_path, content) -> None:
    (tmp_path / "a").write_bytes(content)
    with pytest.raises(ValueError, match="Cannot load '.*a'"):
        read_idx(tmp_path / "a", axes=2)


def test_a_file_that_is_not_there_is_an_error_of_the_system(tmp_path) -> None:
    with pytest.raises(FileNotFoundError):
        read_idx(tmp_path / "a", axes=2)
