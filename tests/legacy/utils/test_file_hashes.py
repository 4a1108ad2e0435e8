from __future__ import annotations

import hashlib

import pytest

from torchkeras_compat.legacy.utils.file_hashes import validate_file


def test_hashes(tmp_path):
    file = tmp_path / "a"
    file.write_bytes(b"abc")
    assert validate_file(file, hashlib.md5(b"abc").hexdigest())
    assert validate_file(str(file), hashlib.sha256(b"abc").hexdigest(), "sha256", chunk_size=1)
    assert not validate_file(file, hashlib.md5(b"abd").hexdigest(), algorithm="md5")
    with pytest.raises(ValueError, match="3 characters"):
        validate_file(file, "abc")
    with pytest.raises(ValueError, match="chunk_size=0"):
        validate_file(file, hashlib.md5(b"abc").hexdigest(), chunk_size=0)
