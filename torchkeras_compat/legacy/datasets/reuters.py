"""Newswires as lists of word indices, in the arguments of Keras 1 too."""

from __future__ import annotations

import os
from typing import Any

from torchkeras_compat.datasets import reuters
from torchkeras_compat.datasets.held_out import Split
from torchkeras_compat.legacy.datasets.old_files import newer_file


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
    **kwargs: Any,
) -> tuple[Split, Split]:
    """Return ``(x_train, y_train), (x_test, y_test)``, as ``datasets.reuters.load_data`` does.

    Args:
        path: Name in the cache, also that of the pickle of Keras 1; or, with its folder, the path of such a file.
        num_words: Indices from here on are unknown words; None for all.
        skip_top: Indices below this are unknown words.
        maxlen: Only texts with fewer indices than this; None for all.
        test_split: Fraction of the newswires held out, in [0, 1).
        seed: Of the shuffling.
        start_char: Put before each text; None for nothing.
        oov_char: In the place of unknown words; None to drop them.
        index_from: Added to each index.
        kwargs: ``nb_words``, the name of ``num_words`` in Keras 1.

    Raises:
        TypeError: another keyword argument.
        ValueError: an argument is out of range, or no text is shorter than ``maxlen``.
        FileContentError: the file is broken, or holds something else.
        OSError: the dataset is not here and cannot be downloaded; the message says where to put it.

    Example:
        >>> os.environ["TORCHKERAS_SAMPLE_DATA"] = "1"
        >>> load_data(nb_words=1000)[0][0].shape
        (1796,)
        >>> del os.environ["TORCHKERAS_SAMPLE_DATA"]

    Source: Keras 2.3 API, datasets/reuters.
    """
    if "nb_words" in kwargs:
        num_words = kwargs.pop("nb_words")
    if kwargs:
        raise TypeError(f"load_data() of reuters has no argument {', '.join(map(repr, sorted(kwargs)))}.")
    return reuters.load_data(
        newer_file(path),
        num_words,
        skip_top,
        maxlen,
        test_split,
        seed,
        start_char,
        oov_char,
        index_from,
    )


def get_word_index(path: str | os.PathLike[str] = "reuters_word_index.json") -> dict[str, int]:
    """Return the index of each word, as ``datasets.reuters.get_word_index`` does.

    Args:
        path: Name in the cache, also that of the pickle of Keras 1; or, with its folder, the path of such a file.

    Raises:
        FileContentError: the file is broken, or holds something else.
        OSError: the file is not here and cannot be downloaded; the message says where to put it.

    Example:
        >>> os.environ["TORCHKERAS_SAMPLE_DATA"] = "1"
        >>> get_word_index("reuters_word_index.pkl")["the"]
        1
        >>> del os.environ["TORCHKERAS_SAMPLE_DATA"]

    Source: Keras 2.3 API, datasets/reuters.
    """
    return reuters.get_word_index(newer_file(path))
