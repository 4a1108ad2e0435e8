"""Reviews of movies as lists of word indices: 25,000 to train with and 25,000 to test, praise or blame."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from torchkeras_compat.datasets.formats.npz import read_npz
from torchkeras_compat.datasets.held_out import Split, shuffled
from torchkeras_compat.datasets.samples.switch import sample_count
from torchkeras_compat.datasets.samples.texts import review_words, reviews
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

_FILE = DatasetFile("imdb", "imdb.npz", "69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f")
_WORDS = DatasetFile("imdb", "imdb_word_index.json", "bfafd718b763782e994055a2d397834f")
_COUNTS = (2_500, 25_000)


def load_data(
    path: str | os.PathLike[str] = "imdb.npz",
    num_words: int | None = None,
    skip_top: int = 0,
    maxlen: int | None = None,
    seed: int = 113,
    start_char: int | None = 1,
    oov_char: int | None = 2,
    index_from: int | None = 3,
    **kwargs: Any,
) -> tuple[Split, Split]:
    """Return ``(x_train, y_train), (x_test, y_test)``.

    Words are indexed by their frequency, 1 for the most frequent; ``index_from`` is added to each, so that 0 is free
    for padding, 1 for the start and 2 for unknown words. From the cache of Keras, else from the network. With
    ``TORCHKERAS_SAMPLE_DATA=1`` reviews are made of words that go with their label.

    Args:
        path: Name in the cache, or, with its folder, the path of such a file.
        num_words: Indices from here on, after ``index_from`` is added, are unknown words; None for the largest
            index, so that only this one word is unknown (Keras counts so).
        skip_top: Indices below this are unknown words.
        maxlen: Only reviews with fewer indices than this, the start included; None for all.
        seed: Of the shuffling.
        start_char: Put before each review; None for nothing.
        oov_char: In the place of unknown words; None to drop them.
        index_from: Added to each index.
        kwargs: ``nb_words``, the name of ``num_words`` in Keras 1.

    Returns:
        ``x`` of shape ``(samples,)``, lists of integers; ``y`` of shape ``(samples,)``, int64: 1 for praise.

    Raises:
        TypeError: another keyword argument.
        ValueError: ``num_words``, ``skip_top`` or ``maxlen`` is out of range, or no review is shorter than ``maxlen``.
        FileContentError: the file is broken, or holds something else.
        OSError: the dataset is not here and cannot be downloaded; the message says where to put it.

    Example:
        >>> os.environ["TORCHKERAS_SAMPLE_DATA"] = "1"
        >>> (x_train, y_train), (x_test, y_test) = load_data(num_words=1000)
        >>> x_train.shape, x_train[0][0], max(map(max, x_train))
        ((2500,), 1, 999)
        >>> del os.environ["TORCHKERAS_SAMPLE_DATA"]

    Source: Keras API, datasets/imdb. Maas et al. 2011, Learning word vectors for sentiment analysis.
    """
    if "nb_words" in kwargs:
        num_words = kwargs.pop("nb_words")
    if kwargs:
        raise TypeError(
            f"load_data() of imdb has no argument {', '.join(sorted(kwargs))}. `num_words` limits the words."
        )
    check_arguments(num_words, skip_top, maxlen)
    if count := sample_count("imdb", *_COUNTS):
        (x, y), (x_test, y_test) = reviews(count, seed=1), reviews(count, seed=2)
    else:
        x, y, x_test, y_test = read_npz(_FILE.path(path), ["x_train", "y_train", "x_test", "y_test"])
        check_texts(x, y, 2)
        check_texts(x_test, y_test, 2)
    random = np.random.RandomState(seed)
    splits = []
    for texts, labels in ((x, y), (x_test, y_test)):
        order = shuffled(len(texts), random)
        splits.append(shorter(marked(texts[order], start_char, index_from), labels[order], maxlen))
    (train, y), (test, y_test) = splits
    filtered = known_words([*train, *test], num_words, skip_top, oov_char)
    return (as_array(filtered[: len(train)]), y), (as_array(filtered[len(train) :]), y_test)


def get_word_index(path: str | os.PathLike[str] = "imdb_word_index.json") -> dict[str, int]:
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

    Source: Keras API, datasets/imdb.
    """
    if sample_count("imdb", *_COUNTS):
        return dict(review_words())
    return read_word_index(_WORDS.path(path))
