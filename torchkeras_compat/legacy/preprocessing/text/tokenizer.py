"""`Tokenizer`: words numbered by how often they occur, and texts as sequences or vectors of these numbers."""

from __future__ import annotations

import json
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from torchkeras_compat.errors import nearest
from torchkeras_compat.legacy.preprocessing.text.words import FILTERS, text_to_word_sequence
from torchkeras_compat.user_warnings import warn_user

MODES = ("binary", "count", "tfidf", "freq")
Text = str | list[Any] | tuple[Any, ...]


class Tokenizer:
    """Gives each word a number, 1 for the most frequent one, and turns texts into numbers.

    Words that are equally frequent have the order in which they came. 0 is the number of no word. With ``oov_token``
    this token has the number 1, and words that are unknown, or not among the most frequent, become it; without it they
    are left out.

    Args:
        num_words: Only words with numbers below it are kept: ``num_words - 1`` of them; None for all.
        filters: Characters between words.
        lower: Whether to make texts lowercase.
        split: What stands between words.
        char_level: Whether each character is a word.
        oov_token: Token for unknown words; None to leave them out.
        analyzer: Function that returns the words of a text, instead of ``filters``, ``lower`` and ``split``.
        kwargs: ``document_count``, the number of texts seen before; ``nb_words``, the name of ``num_words`` in Keras 1.

    Attributes:
        word_counts: How often each word occurs, in the order in which they came.
        word_docs: In how many texts each word occurs.
        word_index: Number of each word, also beyond ``num_words``.
        index_word: Word of each number.
        index_docs: In how many texts each number occurs.
        document_count: Number of texts.

    Raises:
        TypeError: another keyword argument.

    Example:
        >>> tokenizer = Tokenizer(oov_token="<unknown>")
        >>> tokenizer.fit_on_texts(["The cat sat.", "The dog sat!", "A dog."])
        >>> tokenizer.word_index
        {'<unknown>': 1, 'the': 2, 'sat': 3, 'dog': 4, 'cat': 5, 'a': 6}
        >>> tokenizer.texts_to_sequences(["The dog ran"])
        [[2, 4, 1]]

    Source: Keras 2.15 API, preprocessing/text.
    """

    def __init__(
        self,
        num_words: int | None = None,
        filters: str = FILTERS,
        lower: bool = True,
        split: str = " ",
        char_level: bool = False,
        oov_token: str | None = None,
        analyzer: Callable[[Any], Iterable[Any]] | None = None,
        **kwargs: Any,
    ) -> None:
        if "nb_words" in kwargs:
            warn_user("The argument `nb_words` of `Tokenizer` is called `num_words` since Keras 2.")
            num_words = kwargs.pop("nb_words")
        self.document_count: int = kwargs.pop("document_count", 0)
        if kwargs:
            names = ("num_words", "filters", "lower", "split", "char_level", "oov_token", "analyzer", "document_count")
            raise TypeError(
                f"Tokenizer has no argument {', '.join(map(repr, kwargs))}.{nearest(next(iter(kwargs)), names)}"
            )
        self.num_words = num_words
        self.filters = filters
        self.lower = lower
        self.split = split
        self.char_level = char_level
        self.oov_token = oov_token
        self.analyzer = analyzer
        self.word_counts: dict[Any, int] = OrderedDict()
        self.word_docs: dict[Any, int] = defaultdict(int)
        self.word_index: dict[Any, int] = {}
        self.index_word: dict[int, Any] = {}
        self.index_docs: dict[int, int] = defaultdict(int)

    def fit_on_texts(self, texts: Iterable[Text]) -> None:
        """Count the words of texts, in addition to those counted before, and number them.

        Args:
            texts: Strings, or lists of words. A string is a sequence of texts of one character each.

        Raises:
            TypeError: a text is neither.
        """
        for text in texts:
            self.document_count += 1
            words = self._words(text)
            for word in words:
                self.word_counts[word] = self.word_counts.get(word, 0) + 1
            for word in dict.fromkeys(words):
                self.word_docs[word] = self.word_docs.get(word, 0) + 1
        by_frequency = sorted(self.word_counts, key=self.word_counts.__getitem__, reverse=True)
        vocabulary = by_frequency if self.oov_token is None else [self.oov_token, *by_frequency]
        self.word_index = {word: number for number, word in enumerate(vocabulary, 1)}
        self.index_word = {number: word for word, number in self.word_index.items()}
        for word, count in self.word_docs.items():
            self.index_docs[self.word_index[word]] = count

    def fit_on_sequences(self, sequences: Sequence[Iterable[int]]) -> None:
        """Count in how many sequences each number occurs, for ``"tfidf"`` without texts.

        Args:
            sequences: Lists of numbers of words.
        """
        self.document_count += len(sequences)
        for sequence in sequences:
            for number in set(sequence):
                self.index_docs[number] = self.index_docs.get(number, 0) + 1

    def texts_to_sequences(self, texts: Iterable[Text]) -> list[list[int]]:
        """Return the numbers of the words of each text; unknown words are left out, or the ``oov_token``.

        Args:
            texts: Strings, or lists of words.

        Raises:
            TypeError: a text is neither.
        """
        return list(self.texts_to_sequences_generator(texts))

    def texts_to_sequences_generator(self, texts: Iterable[Text]) -> Iterator[list[int]]:
        """Yield what :meth:`texts_to_sequences` returns, one text after the other."""
        unknown = self._number_of_unknown_words()
        for text in texts:
            numbers = (self.word_index.get(word) for word in self._words(text))
            known = (number if number and self._is_kept(number) else unknown for number in numbers)
            yield [number for number in known if number is not None]

    def sequences_to_texts(self, sequences: Iterable[Iterable[int]]) -> list[str]:
        """Return the words of each sequence of numbers, with spaces between them.

        Args:
            sequences: Lists of numbers of words. Unknown numbers are left out, or the ``oov_token``.
        """
        return list(self.sequences_to_texts_generator(sequences))

    def sequences_to_texts_generator(self, sequences: Iterable[Iterable[int]]) -> Iterator[str]:
        """Yield what :meth:`sequences_to_texts` returns, one text after the other."""
        number_of_unknown = self._number_of_unknown_words()
        unknown = None if number_of_unknown is None else self.index_word[number_of_unknown]
        for sequence in sequences:
            words = (self.index_word.get(number) if self._is_kept(number) else unknown for number in sequence)
            known = (unknown if word is None else word for word in words)
            yield " ".join(word for word in known if word is not None)

    def texts_to_matrix(self, texts: Iterable[Text], mode: str = "binary") -> np.ndarray[Any, Any]:
        """Return each text as a vector with a place for each number; see :meth:`sequences_to_matrix`."""
        return self.sequences_to_matrix(self.texts_to_sequences(texts), mode=mode)

    def sequences_to_matrix(self, sequences: Iterable[Sequence[int]], mode: str = "binary") -> np.ndarray[Any, Any]:
        """Return each sequence as a vector with a place for each number, that of 0 included.

        Args:
            sequences: Lists of numbers of words.
            mode: ``"binary"`` for 1 where the number occurs, ``"count"`` for how often it does, ``"freq"`` for the
                count divided by the length, or ``"tfidf"`` for ``(1 + log(count)) * log(1 + documents / (1 + n))``,
                with ``n`` for the documents that have the number.

        Returns:
            Shape ``(sequences, num_words)``, float64.

        Raises:
            ValueError: an unknown ``mode``; without ``num_words``, nothing was fitted; nothing was fitted for "tfidf".
            MemoryError: the vectors do not fit into memory.
        """
        if mode not in MODES:
            raise ValueError(f"Unknown vectorization mode: {mode!r}. Use one of {', '.join(map(repr, MODES))}.")
        width = self.num_words or (len(self.word_index) + 1 if self.word_index else 0)
        if not width:
            raise ValueError("Specify a dimension (the argument `num_words`), or fit on some text data first.")
        if mode == "tfidf" and not self.document_count:
            raise ValueError("Fit the Tokenizer on some data before using the mode 'tfidf'.")
        rows = list(sequences)
        matrix = np.zeros((len(rows), width))
        for row, sequence in zip(matrix, rows):
            for number, count in Counter(sequence).items():
                if number < width:
                    row[number] = self._weight(number, count, len(sequence), mode)
        return matrix

    def get_config(self) -> dict[str, Any]:
        """Return the settings, and what was counted as JSON strings; an ``analyzer`` is not part of it."""
        return {
            "num_words": self.num_words,
            "filters": self.filters,
            "lower": self.lower,
            "split": self.split,
            "char_level": self.char_level,
            "oov_token": self.oov_token,
            "document_count": self.document_count,
            "word_counts": json.dumps(self.word_counts),
            "word_docs": json.dumps(self.word_docs),
            "index_docs": json.dumps(self.index_docs),
            "index_word": json.dumps(self.index_word),
            "word_index": json.dumps(self.word_index),
        }

    def to_json(self, **kwargs: Any) -> str:
        """Return a JSON string, from which ``tokenizer_from_json`` makes the tokenizer again.

        Args:
            kwargs: Arguments of ``json.dumps``.
        """
        return json.dumps({"class_name": type(self).__name__, "config": self.get_config()}, **kwargs)

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take the attributes of a pickled tokenizer, of an older Keras too, which had fewer."""
        Tokenizer.__init__(self)
        state = dict(state)
        if "nb_words" in state:
            state["num_words"] = state.pop("nb_words")
        self.__dict__.update(state)
        if not self.index_word:
            self.index_word = {number: word for word, number in self.word_index.items()}

    def _words(self, text: Any) -> Sequence[Any]:
        """Return the words of a text, as the settings have it."""
        is_list = isinstance(text, (list, tuple))
        if not is_list and self.analyzer is not None and not self.char_level:
            return list(self.analyzer(text))
        if is_list:
            return [word.lower() for word in text] if self.lower else text
        if not isinstance(text, str):
            raise TypeError(
                f"Tokenizer takes texts that are strings or lists of words. Received: {text!r:.100} of type "
                f"{type(text).__name__}. Decode bytes, and replace missing values, such as NaN of a data frame, by ''."
            )
        if self.char_level:
            return text.lower() if self.lower else text
        return text_to_word_sequence(text, self.filters, self.lower, self.split)

    def _is_kept(self, number: int) -> bool:
        return not self.num_words or number < self.num_words

    def _number_of_unknown_words(self) -> int | None:
        return None if self.oov_token is None else self.word_index.get(self.oov_token)

    def _weight(self, number: int, count: int, length: int, mode: str) -> float:
        if mode == "binary":
            return 1.0
        if mode == "count":
            return float(count)
        if mode == "freq":
            return count / length
        documents = self.index_docs.get(number, 0)
        return float((1 + np.log(count)) * np.log(1 + self.document_count / (1 + documents)))
