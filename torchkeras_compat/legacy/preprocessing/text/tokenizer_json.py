"""A `Tokenizer` made of JSON, of which nothing is believed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torchkeras_compat.errors import FileContentError
from torchkeras_compat.legacy.preprocessing.text.tokenizer import Tokenizer
from torchkeras_compat.saving.file_limits import parsed_json

_SOURCE = "The JSON of the tokenizer"


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


# Setting -> whether a value is one, and what it should be.
_SETTINGS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "num_words": (lambda value: value is None or _is_count(value), "a number of words, or null"),
    "filters": (_is_text, "a string"),
    "lower": (lambda value: isinstance(value, bool), "true or false"),
    "split": (_is_text, "a string"),
    "char_level": (lambda value: isinstance(value, bool), "true or false"),
    "oov_token": (lambda value: value is None or _is_text(value), "a string, or null"),
    "document_count": (_is_count, "a number of texts"),
}
# Table -> whether its keys are numbers, whether its values are.
_TABLES = {
    "word_counts": (False, True),
    "word_docs": (False, True),
    "index_docs": (True, True),
    "index_word": (True, False),
    "word_index": (False, True),
}


def tokenizer_from_json(json_string: str) -> Tokenizer:
    """Return the tokenizer that ``Tokenizer.to_json`` wrote, here or in Keras 2.

    Args:
        json_string: What ``to_json`` returned.

    Raises:
        FileContentError: it is not JSON, or not that of a tokenizer.
        FileLimitError: it is too long, or nested too deep.

    Example:
        >>> tokenizer = Tokenizer()
        >>> tokenizer.fit_on_texts(["a b a"])
        >>> tokenizer_from_json(tokenizer.to_json()).texts_to_sequences(["b a"])
        [[2, 1]]

    Source: Keras 2.15 API, preprocessing/text.
    """
    content = parsed_json(json_string, _SOURCE)
    config = content.get("config") if isinstance(content, dict) else None
    if not isinstance(config, dict):
        raise FileContentError(f"{_SOURCE} has no 'config'. Write it with `Tokenizer.to_json()`.")
    unknown = sorted(config.keys() - _SETTINGS.keys() - _TABLES.keys())
    if unknown:
        raise FileContentError(f"{_SOURCE} has settings that a tokenizer does not have: {unknown!r:.200}")
    for name, (is_one, meaning) in _SETTINGS.items():
        if name in config and not is_one(config[name]):
            raise FileContentError(f"{_SOURCE} has {name!r}: {config[name]!r:.100}, which should be {meaning}.")
    tables = {name: _table(name, config.get(name, "{}")) for name in _TABLES}
    tokenizer = Tokenizer(**{name: value for name, value in config.items() if name in _SETTINGS})
    for name, table in tables.items():
        setattr(tokenizer, name, table)
    return tokenizer


def _table(name: str, text: Any) -> dict[Any, Any]:
    """Return a table of the config, which is JSON in a string."""
    what = f"{_SOURCE}, in {name!r},"
    table = parsed_json(text, what) if isinstance(text, str) else None
    if not isinstance(table, dict):
        raise FileContentError(f"{what} has no table of words and numbers. Received: {text!r:.100}")
    number_keys, number_values = _TABLES[name]
    is_value = _is_count if number_values else _is_text
    for key, value in table.items():
        if not is_value(value) or (number_keys and not (key.isascii() and key.isdigit() and len(key) < 19)):
            raise FileContentError(f"{what} has {key!r:.50}: {value!r:.50}, which is not a word and a number.")
    return {int(key): value for key, value in table.items()} if number_keys else table
