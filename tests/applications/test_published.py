"""Published files: read from the cache, else downloaded; offline the error says where to put them."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from torchkeras_compat.applications.published import PublishedFile, published_weights


def test_weights_are_those_that_keras_publishes() -> None:
    file = published_weights("vgg16/a.h5", "0" * 32)
    assert file.url == "https://storage.googleapis.com/tensorflow/keras-applications/vgg16/a.h5"
    assert file.name == "a.h5"


def test_a_file_in_the_cache_is_used(home: Path) -> None:
    file = published_weights("vgg16/a.h5", hashlib.md5(b"content").hexdigest())
    file.place.write_bytes(b"content")
    assert file.path() == str(home / "a.h5")


def test_a_file_is_downloaded_and_compared_with_its_hash(home, tmp_path, monkeypatch) -> None:
    monkeypatch.undo()
    monkeypatch.setenv("KERAS_HOME", str(home.parent))
    there = tmp_path / "there.h5"
    there.write_bytes(b"content")
    with pytest.raises(ValueError, match="hash"):
        PublishedFile("a.h5", "0" * 32, there.as_uri(), "weights").path()
    assert not (home / "a.h5").exists()
    path = PublishedFile("a.h5", hashlib.md5(b"content").hexdigest(), there.as_uri(), "weights").path()
    assert Path(path).read_bytes() == b"content"


def test_offline_the_error_says_what_is_missing(home: Path) -> None:
    file = published_weights("vgg16/a.h5", "0" * 32)
    with pytest.raises(OSError, match=r"There is no .*a\.h5, and the published weights a\.h5 could not be downloaded"):
        file.path()
    file.place.write_bytes(b"another")
    with pytest.raises(OSError, match="has not the published hash") as caught:
        file.path()
    assert f"download {file.url} elsewhere and put it at {home / 'a.h5'}" in str(caught.value)
