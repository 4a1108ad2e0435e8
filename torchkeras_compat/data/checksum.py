"""Hashes of files."""

from __future__ import annotations

import hashlib
from pathlib import Path

_LENGTHS = {32: "md5", 64: "sha256"}


def algorithm_of(file_hash: str, algorithm: str = "auto") -> str:
    """Return ``"md5"`` or ``"sha256"``: the algorithm named, or the one whose hashes are as long as this one.

    Raises:
        ValueError: another algorithm, or a hash of another length than those of the algorithm.
    """
    if algorithm not in ("auto", *_LENGTHS.values()):
        raise ValueError(f"`hash_algorithm` must be 'auto', 'md5' or 'sha256'. Received: {algorithm!r}")
    by_length = _LENGTHS.get(len(str(file_hash)))
    if by_length is None or algorithm not in ("auto", by_length):
        raise ValueError(
            f"`file_hash` must be a hash in hexadecimal, 32 characters for md5 or 64 for sha256. Received "
            f"{len(str(file_hash))} characters for algorithm {algorithm!r}: {file_hash!r}"
        )
    return by_length


def hash_of_file(path: str | Path, algorithm: str = "sha256") -> str:
    """Return the hash of a file in hexadecimal.

    Args:
        path: The file.
        algorithm: ``"md5"`` or ``"sha256"``.
    """
    with open(path, "rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()


def has_hash(path: str | Path, file_hash: str, algorithm: str = "auto") -> bool:
    """Return whether a file has this hash."""
    return hash_of_file(path, algorithm_of(file_hash, algorithm)) == file_hash.lower()
