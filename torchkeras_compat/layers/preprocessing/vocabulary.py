"""Vocabularies: their words by how often they occur, and the files that hold them."""

from __future__ import annotations

import heapq
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from torchkeras_compat.errors import FileContentError

_NAME = "vocabulary.txt"
_EXACT = "vocabulary.json"  # beside it where a word holds a line break


class WordCounts:
    """How often words occur, and in how many documents."""

    def __init__(self) -> None:
        self.words: Counter[Any] = Counter()
        self.documents: Counter[Any] = Counter()
        self.number_of_documents = 0

    def add(self, documents: Iterable[Sequence[Any]], counts_documents: bool) -> None:
        """Count the words of some more documents."""
        for words in documents:
            self.words.update(words)
            if counts_documents:
                self.documents.update(set(words))
                self.number_of_documents += 1

    def most_common(self, without: Iterable[Any], limit: int | None = None) -> list[Any]:
        """Return the words, the most common first; of those as common, the largest first.

        Args:
            without: Words that do not count.
            limit: How many at most; None for all.
        """
        left_out = set(without)
        found = ((count, word) for word, count in self.words.items() if word not in left_out)
        chosen = sorted(found, reverse=True) if limit is None else heapq.nlargest(limit, found)
        return [word for _, word in chosen]

    def inverse_document_frequencies(self, words: Sequence[Any]) -> list[float]:
        """Return ``log(1 + documents / (1 + documents with the word))`` of each word.

        Source: Keras API, layers/TextVectorization.
        """
        number = self.number_of_documents
        return [float(np.log(1 + number / (1 + self.documents[word]))) for word in words]


def repeated(words: Sequence[Any]) -> list[Any]:
    """Return the words that are there more than once."""
    return [word for word, count in Counter(words).items() if count > 1]


def read_word_list(path: str | Path, encoding: str) -> list[str]:
    """Return the lines of a text file.

    Raises:
        ValueError: there is no such file, or it is not text in the encoding.
    """
    file = Path(path)
    if not file.is_file():
        raise ValueError(f"Vocabulary file {path} does not exist.")
    try:
        text = file.read_bytes().decode(encoding)
    except UnicodeDecodeError as error:
        raise ValueError(f"Vocabulary file {path} is not text in {encoding}: {error}.") from error
    return text.removesuffix("\n").split("\n") if text else []


def save_vocabulary(folder: str, words: Sequence[Any], encoding: str = "utf-8") -> None:
    """Write a vocabulary, one word a line, as Keras does.

    A word with a line break would be two there, and is written to a second file, too.
    """
    texts = [str(word) for word in words]
    Path(folder, _NAME).write_bytes("\n".join(texts).encode(encoding))
    if any("\n" in text for text in texts):
        Path(folder, _EXACT).write_text(json.dumps(texts), encoding="utf-8")


def load_vocabulary(folder: str, encoding: str = "utf-8") -> list[str]:
    """Return what :func:`save_vocabulary` wrote, or Keras.

    Raises:
        FileNotFoundError: there is none.
        FileContentError: a file is not a list of strings.
    """
    exact = Path(folder, _EXACT)
    if exact.is_file():
        words = json.loads(exact.read_text(encoding="utf-8"))
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            raise FileContentError(f"{_EXACT} does not hold a list of strings. Save the model again.")
        return words
    text = Path(folder, _NAME).read_bytes().decode(encoding)
    return text.split("\n")
