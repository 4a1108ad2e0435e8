"""A text as a list of words."""

from __future__ import annotations

import string

FILTERS = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n'


def base_filter() -> str:
    """Return the characters that separate words: punctuation but the apostrophe, tabs and line ends.

    Example:
        >>> base_filter() == FILTERS
        True

    Source: Keras 1.0 API, preprocessing/text.
    """
    return string.punctuation.replace("'", "") + "\t\n"


def text_to_word_sequence(
    input_text: str | None = None,
    filters: str = FILTERS,
    lower: bool = True,
    split: str = " ",
    *,
    text: str | None = None,
) -> list[str]:
    """Return the words of a text: each character of ``filters`` becomes ``split``, and the text is cut there.

    Args:
        input_text: The text.
        filters: Characters between words.
        lower: Whether to make the text lowercase.
        split: What stands between words.
        text: The name of ``input_text`` in Keras 1 and 2.

    Raises:
        TypeError: the text is not a string.
        ValueError: ``split`` is empty.

    Example:
        >>> text_to_word_sequence("Hi, you!")
        ['hi', 'you']

    Source: Keras 2.15 API, preprocessing/text.
    """
    given = input_text if text is None else text
    if not isinstance(given, str):
        raise TypeError(
            f"A text must be a string. Received: {given!r:.100} of type {type(given).__name__}. Decode bytes, and "
            "replace missing values, such as NaN of a data frame, by ''."
        )
    if not split:
        raise ValueError("`split` must have at least one character. Use `char_level=True` of Tokenizer for characters.")
    if lower:
        given = given.lower()
    table: dict[str, str | int | None] = dict.fromkeys(filters, split)
    words = given.translate(str.maketrans(table)).split(split)
    return [word for word in words if word]
