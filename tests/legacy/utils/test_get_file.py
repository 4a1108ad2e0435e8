"""`get_file` of Keras 2: archives are unpacked beside the file. Authority: the documentation of tf.keras 2.15."""

from __future__ import annotations

import hashlib
import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from torchkeras_compat import config
from torchkeras_compat.errors import FileContentError
from torchkeras_compat.legacy.utils.get_file import get_file


@pytest.fixture(autouse=True)
def quiet():
    config.disable_interactive_logging()
    yield
    config.enable_interactive_logging()


@pytest.fixture
def pets(tmp_path):
    with zipfile.ZipFile(tmp_path / "pets.zip", "w") as archive:
        archive.writestr("pets/cats/1.txt", "meow")
        archive.writestr("readme.txt", "pets")
    return (tmp_path / "pets.zip").as_uri()


def tar(path, **members):
    with tarfile.open(path, "w:gz") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name.replace("__", "/"))
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path.as_uri()


def test_members_lie_beside_the_archive(pets, tmp_path):
    path = Path(get_file("pets.zip", pets, extract=True, cache_dir=tmp_path / "c"))
    assert path == tmp_path / "c" / "datasets" / "pets.zip" and path.is_file()
    assert (path.parent / "pets" / "cats" / "1.txt").read_text() == "meow"
    (path.parent / "pets" / "mine.txt").touch()
    (path.parent / "readme.txt").write_text("changed")
    assert get_file("pets.zip", pets, extract=True, cache_dir=tmp_path / "c") == str(path)
    assert (path.parent / "pets" / "mine.txt").exists() and (path.parent / "readme.txt").read_text() == "pets"
    assert sorted(item.name for item in path.parent.iterdir()) == ["pets", "pets.zip", "readme.txt"]


def test_untar_returns_the_folder(tmp_path):
    origin = tar(tmp_path / "flowers.tgz", flowers__rose__1=b"red")
    path = Path(get_file("flowers", origin, untar=True, cache_dir=tmp_path / "c"))
    assert path == tmp_path / "c" / "datasets" / "flowers" and (path / "rose" / "1").read_text() == "red"
    assert (path.parent / "flowers.tar.gz").is_file()
    (path / "rose" / "1").unlink()
    assert not (Path(get_file("flowers", origin, untar=True, cache_dir=tmp_path / "c")) / "rose" / "1").exists()


def test_plain_files_and_paths(tmp_path):
    (tmp_path / "a.txt").write_text("abc")
    origin = (tmp_path / "a.txt").as_uri()
    md5 = hashlib.md5(b"abc").hexdigest()
    assert get_file(None, origin, False, md5, cache_dir=tmp_path / "c") == str(tmp_path / "c/datasets/a.txt")
    assert get_file(origin=origin, cache_dir=tmp_path / "c", cache_subdir="m") == str(tmp_path / "c/m/a.txt")
    assert get_file("sub/b.txt", origin, cache_dir=tmp_path / "c") == str(tmp_path / "c/datasets/sub/b.txt")
    assert get_file(tmp_path / "d" / "b.txt", origin) == str(tmp_path / "d" / "b.txt")
    assert get_file("a.txt", origin, extract=True, archive_format=None, cache_dir=tmp_path / "c").endswith("a.txt")


def test_what_is_hostile_or_broken_is_refused(tmp_path, pets):
    with pytest.raises(ValueError, match="lead out"):
        get_file("../../b.txt", pets, cache_dir=tmp_path / "c")
    with pytest.raises(ValueError, match="origin"):
        get_file("b.txt")
    with pytest.raises(FileContentError):
        get_file("evil", tar(tmp_path / "evil.tgz", **{"..__..__evil": b"x"}), untar=True, cache_dir=tmp_path / "c")
    with pytest.raises(FileContentError, match="its own name"):
        origin = tar(tmp_path / "self.tgz", **{"self.tgz": b"x"})
        get_file("self.tgz", origin, extract=True, cache_dir=tmp_path / "c")
    (tmp_path / "a.txt").write_text("abc")
    with pytest.raises(FileContentError, match="none of the formats"):
        get_file("a.txt", (tmp_path / "a.txt").as_uri(), extract=True, cache_dir=tmp_path / "c")
    assert not list((tmp_path / "c" / "datasets").glob(".unpacked*"))
