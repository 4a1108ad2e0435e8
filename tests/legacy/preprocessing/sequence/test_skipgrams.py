"""Skip-grams. Numbers: tf.keras 2.15.1."""

from __future__ import annotations

import random

import numpy as np
import pytest

from torchkeras_compat.legacy.preprocessing.sequence.skipgrams import make_sampling_table, skipgrams


def test_pairs_are_those_of_keras():
    random.seed(3)
    pairs, labels = skipgrams([1, 2, 0, 3, 4], 9, window_size=2, negative_samples=0.5, seed=4)
    assert pairs == [[2, 1], [2, 3], [1, 2], [2, 1], [3, 8], [4, 3], [1, 2], [3, 4], [3, 2]]
    assert labels == [1, 1, 0, 0, 0, 1, 1, 1, 1]
    random.seed(3)
    table = make_sampling_table(9, 0.3)
    pairs, labels = skipgrams([1, 2, 3], 9, window_size=1, categorical=True, sampling_table=table)
    assert pairs == [[2, 3], [2, 1], [3, 4], [1, 2], [3, 2], [1, 8], [2, 1], [2, 5]]
    assert labels == [[0, 1], [0, 1], [1, 0], [0, 1], [0, 1], [1, 0], [1, 0], [1, 0]]


def test_nothing_gives_nothing():
    assert skipgrams([], 5) == ([], [])
    assert skipgrams([0, 0], 5) == ([], [])


def test_the_table_is_that_of_keras():
    expected = [0.03152247875194251, 0.03152247875194251, 0.054759726939176974, 0.07415564097374219]
    assert np.allclose(make_sampling_table(4, 1e-3), expected, rtol=1e-12)
    assert make_sampling_table(3, 100.0).tolist() == [1, 1, 1]


def test_bad_arguments_are_refused():
    with pytest.raises(ValueError, match="size=0"):
        make_sampling_table(0)
    with pytest.raises(ValueError, match="at least 2"):
        skipgrams([1, 2], 1)
