"""Where files come from: cache, own path, local copies, network; what the errors say."""

from __future__ import annotations

import os
import tarfile

import pytest

from torchkeras_compat.data.checksum import hash_of_file
from torchkeras_compat.datasets.source import DatasetFile, local_copy


@pytest.fixture
def there(tmp_path):
    path = tmp_path / "there" / "a.txt"
    path.parent.mkdir()
    path.write_text("content")
    return path


def test_a_file_goes_into_the_cache_and_stays(there, home) -> None:
    file = DatasetFile("letters", "b.txt", hash_of_file(there), there.as_uri())
    assert file.path() == home / "b.txt" == file.place
    there.unlink()
    assert file.path().read_text() == "content"


def test_a_cached_file_with_another_hash_is_replaced(there, home) -> None:
    (home / "b.txt").write_text("half")
    assert DatasetFile("letters", "b.txt", hash_of_file(there), there.as_uri()).path().read_text() == "content"


def test_a_download_with_another_hash_is_not_kept(there, home) -> None:
    with pytest.raises(ValueError, match="the sha256 hash of what .* is not 000"):
        DatasetFile("letters", "b.txt", "0" * 64, there.as_uri()).path()
    assert list(home.iterdir()) == []


def test_a_path_is_the_user_s_own_file(there) -> None:
    file = DatasetFile("letters", "b.txt", "0" * 64)
    assert file.path(there) == there
    with pytest.raises(
        FileNotFoundError, match=r"no file gone/x.txt with the dataset letters. Give .* such as 'b.txt'"
    ):
        file.path("gone/x.txt")


def test_the_url_is_that_of_keras_unless_another_is_given() -> None:
    assert DatasetFile("letters", "b.txt").url.endswith("/tf-keras-datasets/b.txt")
    assert DatasetFile("letters", "b.txt", origin="https://example.org/c").url == "https://example.org/c"


def test_an_archive_that_leads_out_of_its_folder_is_refused(tmp_path, there, home) -> None:
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as tar:
        tar.add(there, "../out.txt")
    file = DatasetFile(
        "letters", "letters-target", hash_of_file(tmp_path / "a.tar.gz"), (tmp_path / "a.tar.gz").as_uri()
    )
    with pytest.raises(ValueError, match="outside its folder"):
        file.folder("letters")
    assert not (home / "out.txt").exists()


def test_local_copies_are_found_in_order(tmp_path, home, monkeypatch) -> None:
    monkeypatch.setenv("TORCHKERAS_DATASETS", os.pathsep.join([str(tmp_path / "one"), "", str(tmp_path / "two")]))
    expected = []
    for root in ("data", str(tmp_path / "two"), str(tmp_path / "one"), str(home)):
        folder = os.path.join(root, "letters")
        os.makedirs(folder)
        open(os.path.join(folder, "a"), "w").close()
        expected.append(folder)
        assert str(local_copy("letters", ["a"])) == expected[-1]
    assert local_copy("letters", ["a", "b"]) is None
