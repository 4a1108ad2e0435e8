"""Files of datasets by the names that Keras 1 gave them."""

from __future__ import annotations

import os

_NEWER = {
    "imdb.pkl": "imdb.npz",
    "imdb_full.pkl": "imdb.npz",
    "imdb_word_index.pkl": "imdb_word_index.json",
    "mnist.pkl.gz": "mnist.npz",
    "reuters.pkl": "reuters.npz",
    "reuters_word_index.pkl": "reuters_word_index.json",
}


def newer_file(path: str | os.PathLike[str]) -> str:
    """Return the name that a file of a dataset has since Keras 2: an archive of arrays instead of a pickle.

    Args:
        path: Name in the cache, or a path with its folder, which stays as it is.

    Example:
        >>> newer_file("mnist.pkl.gz"), newer_file("mine.npz")
        ('mnist.npz', 'mine.npz')
    """
    name = os.fspath(path)
    return _NEWER.get(name, name)
