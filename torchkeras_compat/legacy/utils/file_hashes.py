"""Files compared with a hash."""

from __future__ import annotations

import os

from torchkeras_compat.data.checksum import has_hash


def validate_file(
    fpath: str | os.PathLike[str], file_hash: str, algorithm: str = "auto", chunk_size: int = 65535
) -> bool:
    """Return whether a file has this hash.

    Args:
        fpath: The file.
        file_hash: Hash in hexadecimal.
        algorithm: ``"md5"``, ``"sha256"``, or ``"auto"`` for the one that ``file_hash`` is as long as.
        chunk_size: Bytes that Keras reads at a time; the hash is the same for every number.

    Raises:
        ValueError: another algorithm, or a hash of another length.
        OSError: the file cannot be read.

    Example:
        >>> import pathlib, tempfile
        >>> file = pathlib.Path(tempfile.mkdtemp()) / "empty"
        >>> file.touch()
        >>> validate_file(file, "d41d8cd98f00b204e9800998ecf8427e")
        True

    Source: Keras 2.15 API, utils/data_utils.
    """
    if chunk_size < 1:
        raise ValueError(f"`chunk_size` is a positive number of bytes. Received: chunk_size={chunk_size}")
    return has_hash(os.fspath(fpath), file_hash, algorithm)
