from __future__ import annotations

from pathlib import Path

from torchkeras_compat.legacy.datasets.old_files import newer_file


def test_names_of_keras_1():
    assert newer_file("imdb_full.pkl") == "imdb.npz" and newer_file("reuters_word_index.pkl") == (
        "reuters_word_index.json"
    )
    assert newer_file(Path("data") / "mnist.pkl.gz") == str(Path("data") / "mnist.pkl.gz")
