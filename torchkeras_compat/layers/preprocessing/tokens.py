"""Texts as tokens: standardised, split, and joined to n-grams."""

from __future__ import annotations

import re
from collections.abc import Sequence

# What Keras strips: the characters of its documentation, !"#$%&()*+,-./:;<=>?@[\]^_`{|}~ and the apostrophe.
_PUNCTUATION = re.compile(r"[!\"#$%&()*+,\-./:;<=>?@\[\\\]^_`{|}~']")
# Only ASCII letters become lowercase, and only ASCII white space splits, as TensorFlow's kernels on bytes do it.
_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
_SPACES = re.compile(r"[ \t\n\r\f\v]+")

STANDARDIZE = ("lower_and_strip_punctuation", "lower", "strip_punctuation")
SPLIT = ("whitespace", "character")


def standardized(text: str, how: str) -> str:
    """Return a text in lowercase (ASCII letters), without punctuation, or both.

    Example:
        >>> standardized("It's  A test!", "lower_and_strip_punctuation")
        'its  a test'
    """
    if how in ("lower", "lower_and_strip_punctuation"):
        text = text.translate(_LOWER)
    return text if how == "lower" else _PUNCTUATION.sub("", text)


def split(text: str, how: str) -> list[str]:
    """Return the words of a text, or its characters.

    Example:
        >>> split(" a  bc ", "whitespace"), split("a b", "character")
        (['a', 'bc'], ['a', ' ', 'b'])
    """
    return list(text) if how == "character" else [word for word in _SPACES.split(text) if word]


def ngrams(tokens: Sequence[str], sizes: Sequence[int]) -> list[str]:
    """Return the n-grams of tokens, joined by spaces: all of the first size, then all of the next.

    Example:
        >>> ngrams(["a", "b", "c"], (1, 2))
        ['a', 'b', 'c', 'a b', 'b c']
    """
    if isinstance(sizes, range):  # from 1 on: no size is longer than the text, whatever a config says
        sizes = sizes[: len(tokens)]
    return [" ".join(tokens[i : i + size]) for size in sizes for i in range(len(tokens) - size + 1)]
