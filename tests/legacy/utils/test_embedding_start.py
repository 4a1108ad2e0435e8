"""Embeddings of a new vocabulary. Authority: the documentation of tf.keras 2.15."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat.legacy.utils.embedding_start import warmstart_embedding_matrix

OLD = np.arange(6, dtype="float32").reshape(3, 2)


def test_known_words_keep_their_embeddings(tmp_path):
    (tmp_path / "words.txt").write_text("c\nz\na\n")
    for vocabulary in (["c", "z", "a"], np.array(["c", "z", "a"]), tmp_path / "words.txt", str(tmp_path / "words.txt")):
        found = warmstart_embedding_matrix(["a", "b", "c"], vocabulary, OLD, "ones")
        assert found.tolist() == [[4, 5], [1, 1], [0, 1]] and found.dtype == torch.float32
    assert (warmstart_embedding_matrix(["a", "b", "c"], ["x"], OLD).abs() <= 0.05).all()


def test_bad_arguments_are_refused(tmp_path):
    with pytest.raises(ValueError, match="2 words"):
        warmstart_embedding_matrix(["a", "b"], ["a"], OLD)
    for vocabulary in ([], 3):
        with pytest.raises(ValueError, match="A vocabulary is"):
            warmstart_embedding_matrix(["a", "b", "c"], vocabulary, OLD)
    with pytest.raises(FileNotFoundError):
        warmstart_embedding_matrix(tmp_path / "none", ["a"], OLD)
