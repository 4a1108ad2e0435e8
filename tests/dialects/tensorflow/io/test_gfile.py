from __future__ import annotations

from pathlib import Path

import pytest

from torchkeras_compat.dialects.tensorflow.errors import AlreadyExistsError, NotFoundError, UnimplementedError
from torchkeras_compat.dialects.tensorflow.io import gfile


def test_files_and_directories(tmp_path: Path) -> None:
    folder, path = str(tmp_path / "a" / "b"), str(tmp_path / "a" / "b" / "c.txt")
    gfile.makedirs(folder)
    gfile.makedirs(folder)
    with gfile.GFile(path, "w") as file:
        file.write("one\ntwo\n")
    assert gfile.exists(path) and gfile.isdir(folder) and not gfile.isdir(path)
    with gfile.GFile(path) as file:
        assert file.readline() == "one\n" and list(file) == ["two\n"] and file.size() == 8
    assert gfile.GFile(path, "rb").read(3) == b"one"
    gfile.copy(path, path + "2")
    with pytest.raises(AlreadyExistsError, match="overwrite=True"):
        gfile.copy(path, path + "2")
    gfile.rename(path + "2", path, overwrite=True)
    assert gfile.listdir(folder) == ["c.txt"]
    assert gfile.glob(gfile.join(folder, "*.txt")) == gfile.glob([gfile.join(folder, "?.txt")]) == [path]
    assert gfile.stat(path).length == 8 and not gfile.stat(path).is_directory
    assert [(files, dirs) for _, dirs, files in gfile.walk(tmp_path)] == [([], ["a"]), ([], ["b"]), (["c.txt"], [])]
    gfile.remove(path)
    gfile.rmtree(tmp_path / "a")
    assert not gfile.exists(folder)


def test_what_is_missing_is_an_error(tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    for call in (gfile.remove, gfile.rmtree, gfile.stat, gfile.listdir, lambda p: gfile.GFile(p).read()):
        with pytest.raises(NotFoundError, match="missing"):
            call(missing)
    with pytest.raises(NotFoundError, match="missing"):
        gfile.mkdir(missing / "a")
    with pytest.raises(AlreadyExistsError):
        gfile.mkdir(tmp_path)


def test_networks_are_refused() -> None:
    with pytest.raises(UnimplementedError, match="scheme 'gs' not implemented"):
        gfile.exists("gs://bucket/a")
    with pytest.raises(ValueError, match="Received: 'x'"):
        gfile.GFile("a", "x")
    assert gfile.local("file:///data/a") == "/data/a"
