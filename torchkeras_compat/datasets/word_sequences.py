"""Texts as lists of word indices: the marks of start and unknown words, and the lengths and words that stay."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from torchkeras_compat.errors import FileContentError

Lists = np.ndarray[Any, Any]


def marked(sequences: Lists, start_char: int | None, index_from: int | None) -> list[list[int]]:
    """Return the lists with words counted from ``index_from`` on, and the mark of the start before each.

    Args:
        sequences: Lists of word indices, 1 for the most frequent word.
        start_char: The mark; None for none.
        index_from: Added to each word.
    """
    offset = index_from or 0
    start = [] if start_char is None else [start_char]
    return [start + [word + offset for word in words] for words in sequences]


def shorter(sequences: list[list[int]], labels: Lists, maxlen: int | None) -> tuple[list[list[int]], Lists]:
    """Return the lists with fewer than ``maxlen`` words, and their labels.

    Raises:
        ValueError: none of them is shorter.
    """
    if maxlen is None:
        return sequences, labels
    kept = [i for i, words in enumerate(sequences) if len(words) < maxlen]
    if not kept and sequences:
        raise ValueError(
            f"After filtering for sequences shorter than maxlen={maxlen}, no sequence was kept. Increase maxlen."
        )
    return [sequences[i] for i in kept], labels[kept]


def known_words(
    sequences: Sequence[list[int]], num_words: int | None, skip_top: int, oov_char: int | None
) -> list[list[int]]:
    """Return the lists with ``oov_char`` for words outside ``skip_top <= word < num_words``, or without these words.

    Args:
        sequences: The lists, marked.
        num_words: None for the largest index there is, which itself is unknown then, as it is in Keras.
        skip_top: Number of most frequent words to leave out.
        oov_char: None to drop unknown words.
    """
    last = max((max(words, default=0) for words in sequences), default=0) if num_words is None else num_words
    if oov_char is None:
        return [[word for word in words if skip_top <= word < last] for words in sequences]
    return [[word if skip_top <= word < last else oov_char for word in words] for words in sequences]


def as_array(sequences: Sequence[list[int]]) -> Lists:
    """Return an array of dtype object with a list in each place, also of lists of one length."""
    array = np.empty(len(sequences), dtype=object)
    for i, words in enumerate(sequences):
        array[i] = words
    return array


def check_arguments(num_words: int | None, skip_top: int, maxlen: int | None) -> None:
    """Refuse what filters nothing or everything by mistake.

    Raises:
        ValueError: ``num_words`` or ``maxlen`` is not a positive integer, ``skip_top`` is negative.
    """
    for name, value, least in (("num_words", num_words, 1), ("maxlen", maxlen, 1), ("skip_top", skip_top, 0)):
        if value is None and name != "skip_top":
            continue
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
            raise ValueError(f"`{name}` must be an integer of at least {least}. Received: {name}={value!r}")


def check_texts(sequences: Lists, labels: Lists, classes: int) -> None:
    """Check what a file holds.

    Raises:
        FileContentError: there are not as many labels as texts, or a label is not one of the classes.
    """
    if (
        sequences.dtype != object
        or sequences.ndim != 1
        or labels.shape != sequences.shape
        or labels.dtype.kind not in "iu"
    ):
        raise FileContentError(
            f"The dataset has texts of shape {sequences.shape} and dtype {sequences.dtype}, and labels of shape"
            f" {labels.shape} and dtype {labels.dtype}. There should be lists, and an integer for each."
        )
    if len(labels) and not 0 <= labels.min() <= labels.max() < classes:
        raise FileContentError(f"The dataset has labels from {labels.min()} to {labels.max()}, and {classes} classes.")
