"""`Tokenizer`. Numbers: tf.keras 2.15.1."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from torchkeras_compat.legacy.preprocessing.text.tokenizer import Tokenizer

TEXTS = ["The cat sat on the mat.", "The dog sat!", "a cat, a dog\nA dog"]


def fitted(**settings):
    tokenizer = Tokenizer(**settings)
    tokenizer.fit_on_texts(TEXTS)
    return tokenizer


def test_words_are_numbered_by_frequency_and_then_by_order():
    tokenizer = fitted(num_words=5, oov_token="<oov>")
    assert list(tokenizer.word_index.items()) == [
        *[("<oov>", 1), ("the", 2), ("dog", 3), ("a", 4), ("cat", 5), ("sat", 6), ("on", 7), ("mat", 8)]
    ]
    assert tokenizer.index_word[3] == "dog" and tokenizer.document_count == 3
    assert tokenizer.word_counts == {"the": 3, "cat": 2, "sat": 2, "on": 1, "mat": 1, "dog": 3, "a": 3}
    assert tokenizer.word_docs == {"on": 1, "sat": 2, "the": 2, "cat": 2, "mat": 1, "dog": 2, "a": 1}
    assert tokenizer.index_docs == {7: 1, 6: 2, 2: 2, 5: 2, 8: 1, 3: 2, 4: 1}


def test_sequences():
    tokenizer = fitted(num_words=5, oov_token="<oov>")
    assert tokenizer.texts_to_sequences(["the unicorn sat on mat", "", ["A", "cat"]]) == [[2, 1, 1, 1, 1], [], [4, 1]]
    assert tokenizer.sequences_to_texts([[2, 1, 9, 4, 77]]) == ["the <oov> <oov> a <oov>"]
    assert next(tokenizer.texts_to_sequences_generator(["dog"])) == [3]
    assert next(tokenizer.sequences_to_texts_generator([[3]])) == "dog"
    tokenizer = fitted()
    assert tokenizer.texts_to_sequences(["the unicorn sat on mat"]) == [[1, 5, 6, 7]]
    assert tokenizer.sequences_to_texts([[2, 1, 9, 4, 77]]) == ["dog the cat"]
    assert fitted(num_words=3).texts_to_sequences(["the dog sat"]) == [[1, 2]]


def test_characters_and_analyzers():
    tokenizer = fitted(char_level=True, filters="", lower=False)
    assert list(tokenizer.word_index)[:9] == [" ", "a", "t", "o", "h", "e", "d", "g", "T"]
    assert tokenizer.texts_to_sequences(["Tea"]) == [[9, 6, 2]]
    assert list(fitted(analyzer=lambda text: text.split("a")).word_index)[:3] == ["The c", "t s", "t on the m"]
    whole = Tokenizer(char_level=True)
    whole.fit_on_texts("Hello")  # a text instead of a list of texts: its characters
    assert whole.word_index == {"l": 1, "h": 2, "e": 3, "o": 4}


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("binary", [0, 1, 1, 0, 0]),
        ("count", [0, 5, 2, 0, 0]),
        ("freq", [0, 0.714286, 0.285714, 0, 0]),
        ("tfidf", [0, 3.617449, 1.1736, 0, 0]),
    ],
)
def test_matrices(mode, expected):
    matrix = fitted(num_words=5, oov_token="<oov>").texts_to_matrix(["the the unicorn sat cat cat cat"], mode=mode)
    assert matrix.shape == (1, 5) and matrix.dtype == np.float64
    assert np.allclose(matrix, [expected], atol=1e-6)


def test_sequences_without_texts():
    tokenizer = Tokenizer(num_words=4)
    with pytest.raises(ValueError, match="Fit the Tokenizer on some data"):
        tokenizer.sequences_to_matrix([[1]], "tfidf")
    tokenizer.fit_on_sequences([[1, 2, 2], [3, 1]])
    expected = [[0.0, 0.8649029646371622, 0.6931471805599453, 0.6931471805599453]]
    assert np.allclose(tokenizer.sequences_to_matrix([[1, 1, 2, 3]], "tfidf"), expected)
    with pytest.raises(ValueError, match="'frequency'"):
        tokenizer.sequences_to_matrix([[1]], "frequency")
    with pytest.raises(ValueError, match="num_words"):
        Tokenizer().sequences_to_matrix([[1]])


def test_fitting_goes_on():
    tokenizer = Tokenizer()
    tokenizer.fit_on_texts(["a b"])
    tokenizer.fit_on_texts(["b"])
    assert tokenizer.word_index == {"b": 1, "a": 2} and tokenizer.document_count == 2
    assert tokenizer.index_docs[1] == 2


def test_arguments():
    with pytest.warns(UserWarning, match="num_words"):
        assert Tokenizer(nb_words=9).num_words == 9
    assert Tokenizer(document_count=4).document_count == 4
    with pytest.raises(TypeError, match="'num_word'.*num_words"):
        Tokenizer(num_word=4)
    with pytest.raises(TypeError, match="nan of type float"):
        Tokenizer().fit_on_texts(["a", float("nan")])


def test_pickles():
    copy = pickle.loads(pickle.dumps(fitted(num_words=5)))
    assert copy.texts_to_sequences(["the dog"]) == [[1, 2]]
    copy.fit_on_texts(["dog"])
    assert copy.word_counts["dog"] == 4


def test_pickles_of_older_keras_have_fewer_attributes():
    of_keras_1 = {
        "word_counts": {"a": 2, "b": 1},
        "word_docs": {"a": 1, "b": 1},
        "filters": "",
        "split": " ",
        "lower": True,
        "nb_words": 3,
        "document_count": 1,
        "char_level": False,
        "index_docs": {1: 1, 2: 1},
        "word_index": {"a": 1, "b": 2},
    }
    tokenizer = Tokenizer.__new__(Tokenizer)
    tokenizer.__setstate__(of_keras_1)
    assert tokenizer.texts_to_sequences(["b a c"]) == [[2, 1]] and tokenizer.sequences_to_texts([[1, 2]]) == ["a b"]
    assert tokenizer.num_words == 3 and tokenizer.oov_token is None
