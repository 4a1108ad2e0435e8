from __future__ import annotations

import pytest

from torchkeras_compat.legacy.preprocessing.text.words import FILTERS, base_filter, text_to_word_sequence


def test_punctuation_separates_words():
    assert text_to_word_sequence("Hello,, World\t!x it's") == ["hello", "world", "x", "it's"]
    assert text_to_word_sequence("Hello,, World\t!x", split="_") == ["hello", " world", "x"]  # tf.keras 2.15.1
    assert text_to_word_sequence("A b", lower=False, filters="") == ["A", "b"]
    assert text_to_word_sequence(text="a--b", filters="-", split="<>") == ["a", "b"]
    assert base_filter() == FILTERS


def test_what_is_not_a_text_is_refused():
    with pytest.raises(TypeError, match="nan of type float"):
        text_to_word_sequence(float("nan"))
    with pytest.raises(TypeError, match="must be a string"):
        text_to_word_sequence(b"bytes")
    with pytest.raises(ValueError, match="at least one character"):
        text_to_word_sequence("a b", split="")
