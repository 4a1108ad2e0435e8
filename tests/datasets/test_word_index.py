"""Vocabularies in JSON, and what is not one."""

from __future__ import annotations

import pytest

from tests.datasets.files import write_words
from torchkeras_compat.datasets import word_index
from torchkeras_compat.datasets.word_index import read_word_index


def test_words_keep_their_letters(tmp_path) -> None:
    write_words(tmp_path / "words.json")
    assert read_word_index(tmp_path / "words.json") == {"the": 1, "and": 2, "caf\u00e9": 3}


@pytest.mark.parametrize("text", ["[1]", '{"a": "b"}', '{"a": true}', '{"a": 1.5}', "{", "[" * 100_000, '{"a": [1]}'])
def test_something_else_is_refused(tmp_path, text) -> None:
    (tmp_path / "words.json").write_text(text)
    with pytest.raises(ValueError, match=r"Cannot load '.*words.json'"):
        read_word_index(tmp_path / "words.json")


def test_a_huge_file_is_refused(tmp_path, monkeypatch) -> None:
    write_words(tmp_path / "words.json")
    monkeypatch.setattr(word_index, "_LARGEST", 10)
    with pytest.raises(ValueError, match="more than 10 bytes"):
        read_word_index(tmp_path / "words.json")
