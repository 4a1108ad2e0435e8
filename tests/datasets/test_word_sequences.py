"""Marks, lengths and unknown words, from their descriptions. Real Keras is compared with by imdb and reuters."""

from __future__ import annotations

import numpy as np

from torchkeras_compat.datasets.word_sequences import as_array, known_words, marked, shorter


def test_marks() -> None:
    assert marked(as_array([[1, 2], []]), 1, 3) == [[1, 4, 5], [1]]
    assert marked(as_array([[1, 2], []]), None, 3) == [[4, 5], []]
    assert marked(as_array([[1, 2], []]), 0, None) == [[0, 1, 2], [0]]


def test_lengths() -> None:
    labels = np.array([5, 6, 7])
    texts, kept = shorter([[1], [1, 2], [3]], labels, 2)
    assert (texts, kept.tolist()) == ([[1], [3]], [5, 7])
    assert shorter([[1]], labels[:1], None)[0] == [[1]]
    assert shorter([], labels[:0], 1)[0] == []


def test_unknown_words() -> None:
    texts = [[1, 4, 9], [2]]
    assert known_words(texts, 9, 0, 2) == [[1, 4, 2], [2]]
    assert known_words(texts, 9, 2, None) == [[4], [2]]
    assert known_words(texts, None, 0, 2) == [[1, 4, 2], [2]]  # the largest index ends the known ones
    assert known_words([], None, 0, 2) == known_words([[]], None, 0, 2)[1:] == []
