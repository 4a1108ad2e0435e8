"""A text as numbers of its words, by a hash instead of a vocabulary."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from typing import Any

from torchkeras_compat.legacy.preprocessing.text.words import FILTERS, text_to_word_sequence


def hashing_trick(
    text: str,
    n: int,
    hash_function: Callable[[Any], int] | str | None = None,
    filters: str = FILTERS,
    lower: bool = True,
    split: str = " ",
    analyzer: Callable[[str], Iterable[Any]] | None = None,
) -> list[int]:
    """Return ``hash(word) % (n - 1) + 1`` for each word of a text: numbers in ``[1, n)``.

    Different words may get the same number.

    Args:
        text: The text.
        n: Numbers of words are below it; at least 2.
        hash_function: ``"md5"``, which is the same in every process; a function of a word; or None for Python's
            ``hash``, which differs from process to process unless ``PYTHONHASHSEED`` is set.
        filters: Characters between words.
        lower: Whether to make the text lowercase.
        split: What stands between words.
        analyzer: Function that returns the words of a text, instead of the three arguments before.

    Raises:
        TypeError: the text is not a string.
        ValueError: ``n`` is below 2, or an unknown hash is named.

    Example:
        >>> hashing_trick("the cat, the dog", 50, "md5")
        [43, 32, 43, 2]

    Source: Keras 2.15 API, preprocessing/text.
    """
    if n < 2:
        raise ValueError(f"`n` must be at least 2, since 0 is the number of no word. Received: n={n}")
    if isinstance(hash_function, str) and hash_function != "md5":
        raise ValueError(f"`hash_function` must be 'md5', a function or None. Received: {hash_function!r}")
    function = hash if hash_function is None else _md5 if isinstance(hash_function, str) else hash_function
    words = text_to_word_sequence(text, filters, lower, split) if analyzer is None else analyzer(text)
    return [function(word) % (n - 1) + 1 for word in words]


def one_hot(
    input_text: str | None = None,
    n: int | None = None,
    filters: str = FILTERS,
    lower: bool = True,
    split: str = " ",
    analyzer: Callable[[str], Iterable[Any]] | None = None,
    *,
    text: str | None = None,
) -> list[int]:
    """Return a number in ``[1, n)`` for each word of a text, by Python's ``hash``; nothing is one-hot, but in name.

    Args:
        input_text: The text.
        n: Numbers of words are below it.
        filters: Characters between words.
        lower: Whether to make the text lowercase.
        split: What stands between words.
        analyzer: Function that returns the words of a text, instead of the three arguments before.
        text: The name of ``input_text`` in Keras 1 and 2.

    Raises:
        TypeError: the text is not a string, or ``n`` is missing.
        ValueError: ``n`` is below 2.

    Example:
        >>> numbers = one_hot("the cat, the dog", 20)
        >>> len(numbers), numbers[0] == numbers[2]
        (4, True)

    Source: Keras 2.15 API, preprocessing/text.
    """
    given = input_text if text is None else text
    if given is None or n is None:
        raise TypeError(f"`one_hot` needs a text and `n`, the number of words. Received: text={given!r:.100}, n={n}")
    return hashing_trick(given, n, hash, filters, lower, split, analyzer)


def _md5(word: str) -> int:
    return int(hashlib.md5(word.encode(), usedforsecurity=False).hexdigest(), 16)
