"""reuters: the arguments against real Keras, the held-out part, names, newswires with words that matter."""

from __future__ import annotations

import numpy as np
import pytest

from tests.datasets.files import lists, write_reuters, write_words
from torchkeras_compat.datasets import reuters


@pytest.fixture
def path(tmp_path):
    write_reuters(tmp_path / "own.npz")
    return tmp_path / "own.npz"


ARGUMENTS = [
    {},
    {"seed": 1, "test_split": 0.33},
    {"test_split": 0},
    {"num_words": 20},
    {"num_words": 20, "skip_top": 5, "oov_char": None},
    {"maxlen": 9},
    {"start_char": None, "index_from": 0},
    {"start_char": 7, "oov_char": 8, "index_from": 9, "num_words": 40},
]


@pytest.mark.parametrize("arguments", ARGUMENTS)
def test_the_arguments_do_what_those_of_keras_do(keras_loads, path, arguments) -> None:
    for mine, theirs in zip(reuters.load_data(path, **arguments), keras_loads("reuters", path, **arguments)):
        assert (mine[0].dtype, mine[1].dtype) == (theirs[0].dtype, theirs[1].dtype)
        assert [list(words) for words in mine[0]] == [list(words) for words in theirs[0]]
        np.testing.assert_array_equal(mine[1], theirs[1])


def test_every_newswire_keeps_its_topic(path) -> None:
    (x, y), (x_test, y_test) = reuters.load_data(path, num_words=50, index_from=0, start_char=None, test_split=0.1)
    assert (len(x), len(x_test)) == (27, 3)
    found = {tuple(words): label for words, label in zip([*x, *x_test], [*y, *y_test])}
    assert found == {tuple(words): i for i, words in enumerate(lists(30, 2))}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"maxlen": 1}, "maxlen=1, no sequence was kept"),
        ({"test_split": 1}, "test_split=1"),
        ({"test_split": "0.2"}, "test_split='0.2'"),
        ({"num_words": True}, "num_words=True"),
    ],
)
def test_bad_arguments_are_refused(path, arguments, message) -> None:
    with pytest.raises(ValueError, match=message):
        reuters.load_data(path, **arguments)


def test_the_names_are_those_of_keras(real_keras) -> None:
    assert reuters.get_label_names() == real_keras.datasets.reuters.get_label_names()


def test_the_words(tmp_path) -> None:
    write_words(tmp_path / "own.json")
    assert reuters.get_word_index(tmp_path / "own.json")["and"] == 2
    with pytest.raises(OSError, match=r"reuters_word_index.json elsewhere and put it at"):
        reuters.get_word_index()


def test_words_decide_about_the_topics_of_the_samples(samples) -> None:
    (x, y), (x_test, y_test) = reuters.load_data()
    assert (x.shape, x_test.shape, y.dtype) == ((1796,), (450,), np.int64)
    assert set(y) | set(y_test) == set(range(46))
    index = reuters.get_word_index()
    counts = np.stack([np.bincount(words, minlength=len(index) + 4) for words in x]).astype("float64")
    chances = np.log(np.stack([counts[y == topic].sum(0) + 0.5 for topic in range(46)]))
    chances -= np.log(np.exp(chances).sum(1, keepdims=True))
    topics = np.array([(chances[:, words].sum(1)).argmax() for words in x_test])
    assert (topics == y_test).mean() > 0.7
    assert index["cocoa"] and index["lead"]
