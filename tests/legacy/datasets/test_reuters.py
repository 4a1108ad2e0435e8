from __future__ import annotations

import numpy as np
import pytest

from torchkeras_compat import datasets
from torchkeras_compat.legacy.datasets import reuters


def test_arguments_of_keras_1(monkeypatch):
    monkeypatch.setenv("TORCHKERAS_SAMPLE_DATA", "1")
    old = reuters.load_data("reuters.pkl", 500, 2, nb_words=300, seed=7, oov_char=9)
    new = datasets.reuters.load_data(num_words=300, skip_top=2, seed=7, oov_char=9)
    for (x, y), (x_new, y_new) in zip(old, new):
        assert np.array_equal(y, y_new) and [*x] == [*x_new]
    assert reuters.get_word_index("reuters_word_index.pkl") == datasets.reuters.get_word_index()
    with pytest.raises(TypeError, match="'words'"):
        reuters.load_data(words=3)
