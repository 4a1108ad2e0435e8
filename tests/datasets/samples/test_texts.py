"""Generated texts: words of the vocabulary, by frequency, with labels."""

from __future__ import annotations

import numpy as np

from torchkeras_compat.datasets.samples.texts import news_words, newswires, review_words, reviews

TOPICS = tuple(f"topic{i}" for i in range(46))


def test_reviews() -> None:
    x, y = reviews(200, seed=0)
    assert (x.shape, x.dtype, y.dtype, int(y.sum())) == ((200,), object, np.int64, 100)
    words = np.concatenate(x.tolist())
    assert 1 <= words.min() and words.max() <= len(review_words())
    assert np.bincount(words).argmax() == review_words()["the"] == 1
    assert min(map(len, x)) >= 11 and max(map(len, x)) <= 2494


def test_newswires() -> None:
    x, y = newswires(500, TOPICS, seed=0)
    assert set(y) == set(range(46)) and np.bincount(y).argmax() == 3
    assert max(map(max, x)) <= len(news_words(TOPICS))


def test_a_seed_decides_about_everything() -> None:
    for make in (reviews, lambda count, seed: newswires(count, TOPICS, seed)):
        first, same, other = (make(20, seed=seed) for seed in (0, 0, 1))
        assert first[0].tolist() == same[0].tolist() != other[0].tolist()
        np.testing.assert_array_equal(first[1], same[1])


def test_words_have_one_index_each() -> None:
    for words in (review_words(), news_words(TOPICS)):
        assert list(words.values()) == list(range(1, len(words) + 1))
        assert all(word.isprintable() and " " not in word for word in words)
