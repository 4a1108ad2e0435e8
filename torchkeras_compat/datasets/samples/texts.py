"""Texts of words drawn by frequency and by their label, in the place of IMDB's reviews and Reuters's newswires."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

_COMMON = """the and a of to is br in it i this that was as for with movie but film on not you he are his have be one
all at they by an who so from like there or just about out if has what some can when more she up very no
time even my would which only story really see had were well we than much been get will into also other
people do because great how him most first its me made make them way could too any after then think
characters character watch two films many being never plot little where best did acting know ever show
love man over life scene scenes say these actors end director""".split()
_GOOD = """wonderful excellent superb brilliant delightful moving touching masterpiece beautiful perfect amazing
gem fantastic charming enjoyable memorable favorite hilarious outstanding stunning""".split()
_BAD = """terrible awful boring worst dull waste horrible stupid poor lame mess ridiculous pointless annoying
disappointing predictable unfunny dreadful laughable garbage""".split()
_NEWS = """the of to in said and a mln 3 for vs dlrs it reuter 000 1 pct on from is that its cts by at year be with
2 will was billion he u s net has would an as 5 not loss 4 1986 company which but this shr last are lt
have or 6 bank 7 were 8 had one they inc 1987 up market also been stock corp share three new its two
sales more than government""".split()
_SYLLABLES = [a + b for a in "bdfgklmnprstvz" for b in "aeiou"]
_OWN_WORDS = 8  # of each topic of the news


@cache
def review_words() -> dict[str, int]:
    """Return the index of each word of the reviews, 1 for the most frequent."""
    return _numbered([*_COMMON, *_GOOD, *_BAD], 3000)


@cache
def news_words(topics: tuple[str, ...]) -> dict[str, int]:
    """Return the index of each word of the newswires, 1 for the most frequent."""
    return _numbered([*_NEWS, *(word for topic in range(len(topics)) for word in _of_topic(topics, topic))], 3000)


def _of_topic(topics: tuple[str, ...], topic: int) -> list[str]:
    # The name of the topic and words of its own: of three syllables, while fillers have two or four.
    made = [f"{_SYLLABLES[topic]}{_SYLLABLES[i]}{_SYLLABLES[topic + i]}" for i in range(_OWN_WORDS - 1)]
    return [topics[topic], *made]


def _numbered(words: list[str], count: int) -> dict[str, int]:
    known = list(dict.fromkeys(words))
    seconds = [first + second for first in _SYLLABLES for second in _SYLLABLES]
    fillers = [word for word in [*seconds, *(word + word for word in seconds)] if word not in set(known)]
    return {word: i for i, word in enumerate([*known, *fillers][:count], start=1)}


def reviews(count: int, seed: int) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return reviews as lists of word indices, and labels: 1 where praise is more frequent than blame, else 0.

    Args:
        count: Number of reviews.
        seed: Of all that differs.

    Returns:
        Lists ``(count,)`` of dtype object, and labels ``(count,)``, int64.

    Example:
        >>> x, y = reviews(4, seed=0)
        >>> x.shape, type(x[0]), y.dtype
        ((4,), <class 'list'>, dtype('int64'))
    """
    random = np.random.RandomState(seed)
    words = review_words()
    labels = random.permutation(np.arange(count) % 2).astype("int64")
    lengths = np.clip(np.exp(random.normal(5.2, 0.6, count)), 11, 2494).astype("int64")
    # What a label decides: 7 % of the words are of its mood, and 2 % of the other one.
    own = [np.array([words[word] for word in mood]) for mood in (_BAD, _GOOD)]
    common = np.array([i for word, i in words.items() if word not in {*_GOOD, *_BAD}])
    return _drawn(labels, lengths, own, common, 0.07, 0.02, random), labels


def newswires(count: int, topics: tuple[str, ...], seed: int) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return newswires as lists of word indices, and their topics; some topics are much more frequent than others.

    Args:
        count: Number of newswires.
        topics: Names of the topics.
        seed: Of all that differs.

    Returns:
        Lists ``(count,)`` of dtype object, and labels ``(count,)``, int64.

    Example:
        >>> x, y = newswires(3, ("tea", "tin"), seed=0)
        >>> x.shape, y.shape
        ((3,), (3,))
    """
    random = np.random.RandomState(seed)
    words = news_words(topics)
    frequency = np.full(len(topics), 0.3 / len(topics))
    for topic, fraction in ((3, 0.35), (4, 0.21), (19, 0.05), (16, 0.05), (1, 0.04)):
        frequency[topic % len(topics)] += fraction
    labels = random.choice(len(topics), count, p=frequency / frequency.sum())
    labels[: len(topics)] = np.arange(len(topics))[:count]
    labels = random.permutation(labels).astype("int64")
    lengths = np.clip(np.exp(random.normal(4.7, 0.6, count)), 13, 2376).astype("int64")
    own = [np.array([words[word] for word in _of_topic(topics, topic)]) for topic in range(len(topics))]
    common = np.array([words[word] for word in words if word not in topics])
    return _drawn(labels, lengths, own, common, 0.1, 0.02, random), labels


def _drawn(
    labels: Any, lengths: Any, own: list[Any], common: Any, here: float, elsewhere: float, random: np.random.RandomState
) -> np.ndarray[Any, Any]:
    """Lists of words: ``here`` of them of the label's own, ``elsewhere`` of another label's, the others common."""
    frequency = 1 / (np.arange(len(common)) + 2.7)  # Zipf's law
    texts = np.empty(len(labels), dtype=object)
    for i, (label, length) in enumerate(zip(labels, lengths)):
        other = (label + random.randint(1, len(own))) % len(own)
        drawn = common[np.searchsorted(np.cumsum(frequency) / frequency.sum(), random.uniform(0, 1 - 1e-9, length))]
        kind = random.uniform(0, 1, length)
        drawn = np.where(kind < here, random.choice(own[label], length), drawn)
        drawn = np.where(kind > 1 - elsewhere, random.choice(own[other], length), drawn)
        texts[i] = drawn.tolist()
    return texts
