"""Newswires of Reuters as lists of word indices: 11,228 of them, 46 topics."""

from __future__ import annotations

import os

import numpy as np

from torchkeras_compat.datasets.formats.npz import read_npz
from torchkeras_compat.datasets.held_out import Split, check_fraction, shuffled
from torchkeras_compat.datasets.samples.switch import sample_count
from torchkeras_compat.datasets.samples.texts import news_words, newswires
from torchkeras_compat.datasets.source import DatasetFile
from torchkeras_compat.datasets.word_index import read_word_index
from torchkeras_compat.datasets.word_sequences import (
    as_array,
    check_arguments,
    check_texts,
    known_words,
    marked,
    shorter,
)

_FILE = DatasetFile("reuters", "reuters.npz", "d6586e694ee56d7a4e65172e12b3e987c03096cb01eab99753921ef915959916")
_WORDS = DatasetFile("reuters", "reuters_word_index.json", "4d44cc38712099c9e383dc6e5f11a921")
_COUNTS = (2_246, 11_228)
_TOPICS = tuple(
    "cocoa grain veg-oil earn acq wheat copper housing money-supply coffee sugar trade reserves ship cotton"
    " carcass crude nat-gas cpi money-fx interest gnp meal-feed alum oilseed gold tin strategic-metal livestock"
    " retail ipi iron-steel rubber heat jobs lei bop zinc orange pet-chem dlr gas silver wpi hog lead".split()
)


def load_data(
    path: str | os.PathLike[str] = "reuters.npz",
    num_words: int | None = None,
    skip_top: int = 0,
    maxlen: int | None = None,
    test_split: float = 0.2,
    seed: int = 113,
    start_char: int | None = 1,
    oov_char: int | None = 2,
    index_from: int | None = 3,
) -> tuple[Split, Split]:
    """Return ``(x_train, y_train), (x_test, y_test)``.

    Words are indexed by their frequency, 1 for the most frequent; ``index_from`` is added to each, so that 0 is free
    for padding, 1 for the start and 2 for unknown words. From the cache of Keras, else from the network. With
    ``TORCHKERAS_SAMPLE_DATA=1`` newswires are made of words that go with their topic.

    Args:
        path: Name in the cache, or, with its folder, the path of such a file.
        num_words: Indices from here on, after ``index_from`` is added, are unknown words; None for the largest
            index, so that only this one word is unknown (Keras counts so).
        skip_top: Indices below this are unknown words.
        maxlen: Only newswires with fewer indices than this, the start included; None for all.
        test_split: Fraction of the newswires held out, in [0, 1).
        seed: Of the shuffling.
        start_char: Put before each newswire; None for nothing.
        oov_char: In the place of unknown words; None to drop them.
        index_from: Added to each index.

    Returns:
        ``x`` of shape ``(samples,)``, lists of integers; ``y`` of shape ``(samples,)``, int64, below 46.

    Raises:
        ValueError: ``num_words``, ``skip_top``, ``maxlen`` or ``test_split`` is out of range, or no newswire is shorter
            than ``maxlen``.
        FileContentError: the file is broken, or holds something else.
        OSError: the dataset is not here and cannot be downloaded; the message says where to put it.

    Example:
        >>> os.environ["TORCHKERAS_SAMPLE_DATA"] = "1"
        >>> (x_train, y_train), (x_test, y_test) = load_data(num_words=1000)
        >>> x_train.shape, x_test.shape, int(y_train.max())
        ((1796,), (450,), 45)
        >>> del os.environ["TORCHKERAS_SAMPLE_DATA"]

    Source: Keras API, datasets/reuters. Lewis 1997, Reuters-21578.
    """
    check_arguments(num_words, skip_top, maxlen)
    check_fraction(test_split)
    if count := sample_count("reuters", *_COUNTS):
        x, y = newswires(count, _TOPICS, seed=1)
    else:
        x, y = read_npz(_FILE.path(path), ["x", "y"])
        check_texts(x, y, len(_TOPICS))
    order = shuffled(len(x), np.random.RandomState(seed))
    texts, labels = shorter(marked(x[order], start_char, index_from), y[order], maxlen)
    kept = as_array(known_words(texts, num_words, skip_top, oov_char))
    split = int(len(kept) * (1 - test_split))
    return (kept[:split], labels[:split]), (kept[split:], labels[split:])


def get_word_index(path: str | os.PathLike[str] = "reuters_word_index.json") -> dict[str, int]:
    """Return the index of each word, 1 for the most frequent; ``index_from`` of `load_data` is not added.

    Args:
        path: Name in the cache, or, with its folder, the path of such a file.

    Raises:
        FileContentError: the file is broken, or holds something else.
        OSError: the file is not here and cannot be downloaded; the message says where to put it.

    Example:
        >>> os.environ["TORCHKERAS_SAMPLE_DATA"] = "1"
        >>> get_word_index()["the"]
        1
        >>> del os.environ["TORCHKERAS_SAMPLE_DATA"]

    Source: Keras API, datasets/reuters.
    """
    if sample_count("reuters", *_COUNTS):
        return dict(news_words(_TOPICS))
    return read_word_index(_WORDS.path(path))


def get_label_names() -> tuple[str, ...]:
    """Return the names of the 46 topics, in the order of the labels.

    Example:
        >>> get_label_names()[:4]
        ('cocoa', 'grain', 'veg-oil', 'earn')

    Source: Keras API, datasets/reuters.
    """
    return _TOPICS
