"""imdb: the arguments against their description and real Keras, bad files, reviews with words that matter."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tests.datasets.files import lists, write_imdb, write_words
from torchkeras_compat.datasets import imdb


@pytest.fixture
def path(tmp_path):
    write_imdb(tmp_path / "own.npz")
    return tmp_path / "own.npz"


ARGUMENTS = [
    {},
    {"seed": 1},
    {"num_words": 20},
    {"num_words": 20, "oov_char": None},
    {"num_words": 20, "skip_top": 5},
    {"skip_top": 10},
    {"maxlen": 9},
    {"start_char": None},
    {"index_from": 0},
    {"start_char": 7, "oov_char": 8, "index_from": 9, "num_words": 40},
    {"start_char": None, "index_from": 0, "maxlen": 15, "num_words": 30, "skip_top": 2},
]


@pytest.mark.parametrize("arguments", ARGUMENTS)
def test_the_arguments_do_what_those_of_keras_do(keras_loads, path, arguments) -> None:
    for mine, theirs in zip(imdb.load_data(path, **arguments), keras_loads("imdb", path, **arguments)):
        assert (mine[0].dtype, mine[1].dtype) == (theirs[0].dtype, theirs[1].dtype)
        assert [list(words) for words in mine[0]] == [list(words) for words in theirs[0]]
        np.testing.assert_array_equal(mine[1], theirs[1])


def test_every_review_keeps_its_label(path) -> None:
    (x, y), (x_test, y_test) = imdb.load_data(path, num_words=50, index_from=0, start_char=None)
    expected = {tuple(words): i % 2 for i, words in enumerate(lists(30, 0))}
    assert {tuple(words): label for words, label in zip(x, y)} == expected
    assert (len(x_test), len(y_test)) == (15, 15)


def test_texts_of_one_length_are_lists_in_one_axis(tmp_path) -> None:
    texts = lists(4, 0)
    texts[:] = [[5, 6], [7, 8], [5, 8], [6, 7]]
    labels = np.array([0, 1, 1, 0])
    np.savez(tmp_path / "own.npz", x_train=texts, y_train=labels, x_test=texts, y_test=labels)
    (x, _), _ = imdb.load_data(tmp_path / "own.npz")
    assert x.shape == (4,) and all(type(words) is list and len(words) == 3 for words in x)


def test_the_older_name_of_num_words(path) -> None:
    old, new = imdb.load_data(path, nb_words=20), imdb.load_data(path, num_words=20)
    assert old[0][0].tolist() == new[0][0].tolist()
    with pytest.raises(TypeError, match="has no argument words"):
        imdb.load_data(path, words=20)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"maxlen": 1}, "maxlen=1, no sequence was kept"),
        ({"num_words": 0}, "num_words=0"),
        ({"skip_top": -1}, "skip_top=-1"),
        ({"maxlen": 2.5}, "maxlen=2.5"),
    ],
)
def test_bad_arguments_are_refused(path, arguments, message) -> None:
    with pytest.raises(ValueError, match=message):
        imdb.load_data(path, **arguments)


def test_labels_of_something_else_are_refused(tmp_path) -> None:
    x = lists(4, 0)
    np.savez(tmp_path / "bad.npz", x_train=x, y_train=np.array([0, 1, 2, 0]), x_test=x, y_test=np.zeros(4, int))
    with pytest.raises(ValueError, match="labels from 0 to 2, and 2 classes"):
        imdb.load_data(tmp_path / "bad.npz")
    np.savez(tmp_path / "bad.npz", x_train=x, y_train=np.zeros(3, int), x_test=x, y_test=np.zeros(4, int))
    with pytest.raises(ValueError, match=r"labels of shape \(3,\)"):
        imdb.load_data(tmp_path / "bad.npz")


def test_the_words(tmp_path, home) -> None:
    write_words(tmp_path / "own.json")
    assert imdb.get_word_index(tmp_path / "own.json") == json.loads((tmp_path / "own.json").read_text())
    with pytest.raises(OSError, match=r"imdb_word_index.json elsewhere and put it at"):
        imdb.get_word_index()


def test_words_decide_about_the_labels_of_the_samples(samples) -> None:
    (x, y), (x_test, y_test) = imdb.load_data(num_words=1000)
    assert (x.shape, x.dtype, y.dtype, x_test.shape) == ((2500,), object, np.int64, (2500,))
    index = imdb.get_word_index()
    assert sorted(index.values()) == list(range(1, len(index) + 1))
    counts = np.stack([np.bincount(words, minlength=1000) for words in x])
    weights = np.log((counts[y == 1].sum(0) + 1) / (counts[y == 0].sum(0) + 1))  # a naive Bayes classifier
    correct = np.mean([(weights[words].sum() > 0) == label for words, label in zip(x_test, y_test)])
    assert correct > 0.9
    names = {i + 3: word for word, i in index.items()}
    assert {"wonderful", "excellent", "superb"} <= {names.get(i) for i in np.argsort(weights)[-20:]}
    assert {"terrible", "awful", "boring"} <= {names.get(i) for i in np.argsort(weights)[:20]}
