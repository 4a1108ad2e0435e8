"""Files of arrays: NumPy's own, and hostile ones."""

from __future__ import annotations

import io
import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.datasets.files import lists
from torchkeras_compat.datasets.formats import npz
from torchkeras_compat.datasets.formats.npz import read_npz
from torchkeras_compat.errors import FileContentError, FileLimitError


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_arrays_of_numpy_are_read(tmp_path, save) -> None:
    path = tmp_path / "a.npz"
    arrays = {
        "bytes": np.arange(6, dtype="uint8").reshape(2, 3),
        "fortran": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        "big": np.arange(3, dtype=">i4"),
        "empty": np.zeros((0, 4)),
        "scalar": np.array(3),
    }
    save(path, **arrays)
    for array, expected in zip(read_npz(path, list(arrays)), arrays.values()):
        assert array.dtype == expected.dtype.newbyteorder("=") and array.flags.writeable
        np.testing.assert_array_equal(array, expected)


def test_arrays_of_lists_are_read(tmp_path) -> None:
    expected = lists(6, 0)
    uniform = np.array([[1, 2], [3, 4]], dtype=object)  # how NumPy keeps lists of one length
    np.savez(tmp_path / "a.npz", x=expected, same=uniform)
    x, same = read_npz(tmp_path / "a.npz", ["x", "same"])
    assert x.tolist() == expected.tolist() and same.tolist() == [[1, 2], [3, 4]]
    assert same.shape == (2,) and type(same[0]) is list


def npy(header: str, data: bytes = b"", version: int = 1) -> bytes:
    text = header.encode() + b"\n"
    return b"\x93NUMPY" + bytes([version, 0]) + len(text).to_bytes(2 if version == 1 else 4, "little") + text + data


def objects(value: Any) -> bytes:
    stream = io.BytesIO()
    np.save(stream, value, allow_pickle=True)
    return stream.getvalue()


def written(path: Path, content: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("x.npy", content)
    return path


class Program:
    def __reduce__(self) -> Any:
        return open, ("touched", "w")


LISTED = np.empty(1, dtype=object)
LISTED[0] = ["word"]
CALLED = np.empty(1, dtype=object)
CALLED[0] = Program()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            npy("{'descr': '|u1', 'fortran_order': False, 'shape': (3,)}", b"ab"),
            "shape .3,. and dtype uint8, but 2 bytes",
        ),
        (npy("{'descr': '|u1', 'fortran_order': False, 'shape': (2**62, 4)}", b"ab"), "x"),
        (npy("{'descr': '<f8', 'fortran_order': False, 'shape': (999999999999,)}", b"ab"), "but 2 bytes"),
        (npy("{'descr': '|u1', 'fortran_order': False, 'shape': (-1, -2)}", b"ab"), "but 2 bytes"),
        (npy("{'descr': '|S2', 'fortran_order': False, 'shape': (1,)}", b"ab"), "dtype .S2, and a dataset has numbers"),
        (npy("{'descr': [('a', '|O')], 'fortran_order': False, 'shape': (1,)}", b"abcdefgh"), "a dataset has numbers"),
        (npy("{'descr': '<M8[s]', 'fortran_order': False, 'shape': (1,)}", b"abcdefgh"), "a dataset has numbers"),
        (npy("__import__('os').mkdir('touched')"), "x"),
        (npy("{'descr': '|u1', 'fortran_order': False, 'shape': (1,)}", b"a", version=3), "version"),
        (b"\x93NUMPY", "x"),
        (b"", "x"),
        (objects(LISTED), "something else than lists of integers at 0"),
        (objects(CALLED), "asks for"),
        (npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,)}", pickle.dumps([1])), "does not have the shape"),
    ],
)
def test_hostile_arrays_are_refused(tmp_path, monkeypatch, content, message) -> None:
    (tmp_path / "run").mkdir()
    monkeypatch.chdir(tmp_path / "run")
    with pytest.raises(FileContentError, match=rf"Cannot load '.*a\.npz'.*{message}"):
        read_npz(written(tmp_path / "a.npz", content), ["x"])
    assert list((tmp_path / "run").iterdir()) == []


def test_other_files_are_refused(tmp_path) -> None:
    np.savez(tmp_path / "a.npz", y=np.zeros(2))
    with pytest.raises(FileContentError, match="It has no array x, but y.npy. Give the file of this dataset"):
        read_npz(tmp_path / "a.npz", ["x"])
    (tmp_path / "b.npz").write_text("a page of a server that says: not found")
    with pytest.raises(FileContentError, match="Cannot load .*b.npz"):
        read_npz(tmp_path / "b.npz", ["x"])
    with pytest.raises(FileNotFoundError):
        read_npz(tmp_path / "c.npz", ["x"])


def test_a_bomb_is_refused(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(npz, "_SPARE_BYTES", 1000)
    np.savez_compressed(tmp_path / "a.npz", x=np.zeros(10_000_000, "uint8"))
    with pytest.raises(FileLimitError, match=r"take 10,000,128 bytes, more than 100 times the file"):
        read_npz(tmp_path / "a.npz", ["x"])
