"""Pairs of words, near each other or drawn at random, to learn word vectors from."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import numpy as np


def make_sampling_table(size: int, sampling_factor: float = 1e-5) -> np.ndarray[Any, Any]:
    """Return the probability to keep each word, which is smaller for more frequent ones.

    The frequency of the word of rank ``r`` is estimated by Zipf's law as
    ``1 / (r * (log(r) + 0.577) + 0.5 - 1 / (12 * r))``; with ``f`` for ``sampling_factor`` divided by it, the
    probability is ``min(1, sqrt(f))``.

    Args:
        size: Number of words, the number 0 of no word included.
        sampling_factor: Frequency from which on words are left out.

    Returns:
        Shape ``(size,)``; the place of 0 has the value of the most frequent word.

    Raises:
        ValueError: ``size`` is below 1.

    Example:
        >>> make_sampling_table(4).round(5).tolist()
        [0.00315, 0.00315, 0.00548, 0.00742]

    Source: Keras 2.15 API, preprocessing/sequence. Mikolov et al. 2013, Distributed representations
    of words and phrases and their compositionality.
    """
    if size < 1:
        raise ValueError(f"`size` is the number of words, at least 1. Received: size={size}")
    rank = np.arange(size)
    rank[0] = 1
    inverse_frequency = rank * (np.log(rank) + 0.577) + 0.5 - 1.0 / (12.0 * rank)
    scaled = sampling_factor * inverse_frequency
    return np.minimum(1.0, scaled / np.sqrt(scaled))


def skipgrams(
    sequence: Sequence[int],
    vocabulary_size: int,
    window_size: int = 4,
    negative_samples: float = 1.0,
    shuffle: bool = True,
    categorical: bool = False,
    sampling_table: Any = None,
    seed: int | None = None,
) -> tuple[list[list[int]], list[Any]]:
    """Return pairs of words of a sequence with label 1, and pairs with a random word with label 0.

    Random numbers are those of Python's ``random``, in the order in which Keras draws them.

    Args:
        sequence: Numbers of words; 0 stands for none, and is in no pair.
        vocabulary_size: Number of words, that of no word included.
        window_size: Most steps between the two words of a pair.
        negative_samples: Pairs with a random word for each pair of the sequence; 0 for none.
        shuffle: Whether the pairs are in random order.
        categorical: Whether labels are ``[0, 1]`` and ``[1, 0]`` instead of 1 and 0.
        sampling_table: Probability to keep each word as the first of pairs, as of ``make_sampling_table``; None keeps
            all.
        seed: Of the order; it seeds Python's ``random``.

    Returns:
        The pairs, and their labels.

    Raises:
        ValueError: ``vocabulary_size`` has no word to draw.

    Example:
        >>> skipgrams([1, 2, 3], 4, window_size=1, negative_samples=0, shuffle=False)
        ([[1, 2], [2, 1], [2, 3], [3, 2]], [1, 1, 1, 1])

    Source: Keras 2.15 API, preprocessing/sequence. Mikolov et al. 2013, Efficient estimation of word representations.
    """
    if negative_samples > 0 and vocabulary_size < 2:
        raise ValueError(
            f"`vocabulary_size` counts the number 0 of no word, and must be at least 2. Received: {vocabulary_size}"
        )
    present: Any = [0, 1] if categorical else 1
    absent: Any = [1, 0] if categorical else 0
    pairs = []
    for place, word in enumerate(sequence):
        if not word or (sampling_table is not None and sampling_table[word] < random.random()):
            continue
        for other in range(max(0, place - window_size), min(len(sequence), place + window_size + 1)):
            if other != place and sequence[other]:
                pairs.append([word, sequence[other]])
    labels = [present for _ in pairs]
    if negative_samples > 0:
        words = [pair[0] for pair in pairs]
        random.shuffle(words)
        count = int(len(labels) * negative_samples)
        pairs += [[words[i % len(words)], random.randint(1, vocabulary_size - 1)] for i in range(count)]
        labels += [absent] * count
    if shuffle:
        seed = random.randint(0, 10**7) if seed is None else seed
        for values in (pairs, labels):
            random.seed(seed)
            random.shuffle(values)
    return pairs, labels
