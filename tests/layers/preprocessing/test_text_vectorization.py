"""`TextVectorization` beside the documented examples and values of Keras 3.15.1 with TensorFlow."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from torchkeras_compat import Input, Sequential, layers, saving

WORDS = ["earth", "wind", "and", "fire"]
TEXTS = ["earth, wind AND fire fire", "fire x"]
WEIGHTS = [0.1, 0.2, 0.3, 0.4]
DATA = ["Foo bar, bar!", "bar baz it's (x)"]


@pytest.mark.parametrize(
    ("arguments", "x", "wanted"),
    [
        ({}, [["earth, wind AND fire"], ["fire and earth michigan"]], [[2, 3, 4, 5], [5, 4, 2, 1]]),
        ({}, TEXTS, [[2, 3, 4, 5, 5], [5, 1, 0, 0, 0]]),
        ({}, "earth, wind", [2, 3]),
        ({}, [[["a"]]], [[[1]]]),
        ({}, ["", ""], np.zeros((2, 0))),
        ({"output_sequence_length": 3}, TEXTS, [[2, 3, 4], [5, 1, 0]]),
        ({"output_sequence_length": 6}, TEXTS, [[2, 3, 4, 5, 5, 0], [5, 1, 0, 0, 0, 0]]),
        ({"output_mode": "multi_hot"}, TEXTS, [[0, 1, 1, 1, 1], [1, 0, 0, 0, 1]]),
        ({"output_mode": "count"}, TEXTS, [[0, 1, 1, 1, 2], [1, 0, 0, 0, 1]]),
        ({"output_mode": "tf_idf", "idf_weights": WEIGHTS}, TEXTS, [[0, 0.1, 0.2, 0.3, 0.8], [0.25, 0, 0, 0, 0.4]]),
        (
            {"output_mode": "count", "max_tokens": 8, "pad_to_max_tokens": True},
            TEXTS,
            [[0, 1, 1, 1, 2, 0, 0, 0], [1, 0, 0, 0, 1, 0, 0, 0]],
        ),
        ({"split": None}, [["earth", "wind"], ["x", "y"]], [[2, 3], [1, 1]]),
        ({"split": None}, ["earth", "wind"], [2, 3]),
        ({"split": None, "ngrams": 2}, [["earth", "wind"], ["x", "y"]], [[2, 3, 1], [1, 1, 1]]),
        ({"split": None, "output_sequence_length": 3}, [["earth", "wind"]], [[2, 3, 0]]),
    ],
)
def test_places_are_those_of_keras(arguments: dict[str, Any], x: Any, wanted: Any) -> None:
    layer = layers.TextVectorization(**{"vocabulary": WORDS, **arguments})
    dtype = torch.float32 if layer.output_mode == "tf_idf" else torch.int64
    for given in (x, np.array(x), np.array(x, object), np.char.encode(np.array(x))):
        torch.testing.assert_close(layer(given), torch.tensor(np.array(wanted), dtype=dtype))
    again = layers.TextVectorization.from_config(layer.get_config())
    assert again(x).tolist() == layer(x).tolist() and again.get_config() == layer.get_config()


@pytest.mark.parametrize(
    ("arguments", "wanted", "places"),
    [
        ({}, ["", "[UNK]", "bar", "x", "its", "foo", "baz"], [[5, 2, 2, 0], [2, 6, 4, 3]]),
        ({"max_tokens": 4}, ["", "[UNK]", "bar", "x"], [[1, 2, 2, 0], [2, 1, 1, 3]]),
        (
            {"ngrams": 2},
            ["", "[UNK]", "bar", "x", "its x", "its", "foo bar", "foo", "baz its", "baz", "bar baz", "bar bar"],
            [[7, 2, 2, 6, 11, 0, 0], [2, 9, 5, 3, 10, 8, 4]],
        ),
        (
            {"ngrams": (2, 3)},
            "|[UNK]|its x|foo bar bar|foo bar|baz its x|baz its|bar baz its|bar baz|bar bar".split("|"),
            [[4, 9, 3, 0, 0], [8, 6, 2, 7, 5]],
        ),
        (
            {"standardize": None},
            ["", "[UNK]", "it's", "baz", "bar,", "bar!", "bar", "Foo", "(x)"],
            [[7, 4, 5, 0], [6, 3, 2, 8]],
        ),
        ({"split": None}, ["", "[UNK]", "foo bar bar", "bar baz its x"], [2, 3]),
        (
            {"output_mode": "count"},
            ["[UNK]", "bar", "x", "its", "foo", "baz"],
            [[0, 2, 0, 0, 1, 0], [0, 1, 1, 1, 0, 1]],
        ),
        (
            {"split": "character"},
            ["", "[UNK]", " ", "b", "a", "r", "o", "z", "x", "t", "s", "i", "f"],
            [[12, 6, 6, 2, 3, 4, 5, 2, 3, 4, 5, 0, 0], [3, 4, 5, 2, 3, 4, 7, 2, 11, 9, 10, 2, 8]],
        ),
    ],
)
def test_adapt_learns_the_words_of_keras(arguments: dict[str, Any], wanted: list[str], places: Any) -> None:
    layer = layers.TextVectorization(**arguments)
    layer.adapt(DATA)
    assert layer.get_vocabulary() == wanted and layer.vocabulary_size() == len(wanted)
    assert layer(DATA).tolist() == places


@pytest.mark.parametrize(
    "data",
    [
        np.array(DATA, object),
        [[text] for text in DATA],
        iter([np.array(DATA[:1]), np.array(DATA[1:])]),
        [(np.array(DATA[:1]), 0), (np.array(DATA[1:]), 1)],
        torch.utils.data.DataLoader(DATA, batch_size=1),  # type: ignore[arg-type]
    ],
)
def test_adapt_takes_texts_in_many_forms(data: Any) -> None:
    layer = layers.TextVectorization()
    layer.adapt(data, batch_size=2)
    assert layer.get_vocabulary() == ["", "[UNK]", "bar", "x", "its", "foo", "baz"]


def test_adapt_weighs_by_documents() -> None:
    layer = layers.TextVectorization(output_mode="tf_idf")
    layer.adapt(DATA)
    wanted = [[0.0, 1.021651268005371, 0.0, 0.0, 0.6931471824645996, 0.0]]
    torch.testing.assert_close(layer(DATA[:1]), torch.tensor(wanted))


def test_functions_standardise_and_split() -> None:
    layer = layers.TextVectorization(
        standardize=lambda texts: [text.upper() for text in texts], split=lambda texts: [t.split("-") for t in texts]
    )
    layer.adapt(["a-b", "b-c"])
    assert layer.get_vocabulary() == ["", "[UNK]", "B", "C", "A"]
    assert layer(["c-b-q"]).tolist() == [[3, 2, 1]]
    with pytest.raises(TypeError, match=r"strings of the shape \(2,\) that it gets. Received shape \(1,\)"):
        layers.TextVectorization(standardize=lambda texts: ["one"], vocabulary=["a"])(["a", "b"])
    with pytest.raises(TypeError, match="a list of strings for each string"):
        layers.TextVectorization(split=lambda texts: [[1]], vocabulary=["a"])(["a"])


@saving.register_keras_serializable("tests")
def without_digits(texts: Any) -> Any:
    return ["".join(c for c in text if not c.isdigit()) for text in texts]


def test_registered_functions_come_back_from_files(tmp_path: Path) -> None:
    layer = layers.TextVectorization(standardize=without_digits, vocabulary=["a", "b"])
    Sequential([Input((1,), dtype="string"), layer]).save(tmp_path / "model.keras")
    again: Any = saving.load_model(tmp_path / "model.keras")
    assert again(np.array([["a1 b2"]])).tolist() == [[2, 3]]


@pytest.mark.parametrize("mode", ["int", "tf_idf"])
def test_learned_vocabularies_are_saved_as_keras_does(mode: str, tmp_path: Path) -> None:
    layer = layers.TextVectorization(output_mode=mode)
    layer.adapt(DATA)
    last: Any = layers.Embedding(10, 2) if mode == "int" else layers.Dense(2)
    model = Sequential([Input((1,), dtype="string"), layer, last])
    x = np.array([["foo zzz bar"]])
    wanted = model(x).detach()
    model.save(tmp_path / "model.keras")
    expected = b"[UNK]\nbar\nx\nits\nfoo\nbaz"  # what Keras writes, in both places
    with zipfile.ZipFile(tmp_path / "model.keras") as archive:
        for folder in ("text_vectorization", "text_vectorization/_lookup_layer"):
            text = archive.read(f"assets/layers/{folder}/vocabulary.txt")
            assert text == (b"\n" + expected if mode == "int" else expected)
    again: Any = saving.load_model(tmp_path / "model.keras")
    torch.testing.assert_close(again(x), wanted)
    assert again.layers[0].get_vocabulary() == layer.get_vocabulary()


def test_symbolic_outputs_have_the_shape_and_dtype() -> None:
    entry = Input((1,), dtype="string")
    int_mode, cut, hot = (
        layers.TextVectorization(vocabulary=WORDS, **arguments)(entry)
        for arguments in ({}, {"output_sequence_length": 7}, {"output_mode": "multi_hot"})
    )
    assert [(y.shape, y.dtype) for y in (int_mode, cut)] == [((None, None), "int64"), ((None, 7), "int64")]
    assert hot.shape == (None, 5)


def test_config_is_that_of_keras() -> None:
    config = layers.TextVectorization(vocabulary=WORDS, name="t").get_config()
    del config["dtype"]
    assert config == {
        "name": "t",
        "trainable": True,
        "max_tokens": None,
        "standardize": "lower_and_strip_punctuation",
        "split": "whitespace",
        "ngrams": None,
        "output_mode": "int",
        "output_sequence_length": None,
        "pad_to_max_tokens": False,
        "sparse": False,
        "ragged": False,
        "vocabulary": WORDS,
        "idf_weights": None,
        "encoding": "utf-8",
        "vocabulary_size": 6,
    }
    with pytest.raises(ValueError, match="a config opens no files"):
        layers.TextVectorization.from_config({"vocabulary": "/etc/passwd"})


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"standardize": "x"}, "standardize=x"),
        ({"split": "x"}, "split=x"),
        ({"output_mode": "one_hot"}, "output_mode=one_hot"),
        ({"ngrams": "x"}, "ngrams=x"),
        ({"ngrams": 0}, "ngrams=0"),
        ({"output_sequence_length": 3, "output_mode": "count"}, "output_sequence_length=3"),
        ({"output_sequence_length": "x"}, "output_sequence_length='x'"),
        ({"ragged": True}, "sequences are padded with 0"),
        ({"sparse": True, "output_mode": "count"}, "sparse=True"),
        ({"max_tokens": 0}, "max_tokens=0"),
        ({"max_tokens": 3, "vocabulary": WORDS}, "vocabulary size is 6"),
        ({"pad_to_max_tokens": True, "output_mode": "count"}, "max_tokens=None"),
    ],
)
def test_bad_arguments_are_refused(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        layers.TextVectorization(**arguments)


def test_bad_calls_are_refused() -> None:
    layer = layers.TextVectorization(vocabulary=WORDS)
    with pytest.raises(ValueError, match=r"inputs.shape=\(1, 2\) with rank=2"):
        layer([["a", "b"]])
    with pytest.raises(TypeError, match="takes strings"):
        layer([1])
    with pytest.raises(ValueError, match="static vocabulary"):
        layer.adapt(["a"])
    with pytest.raises(ValueError, match="no vocabulary yet"):
        layers.TextVectorization()(["a"])
    with pytest.raises(ValueError, match="batch_size=0"):
        layers.TextVectorization().adapt(["a"], batch_size=0)


def test_n_grams_longer_than_the_text_cost_nothing() -> None:
    layer = layers.TextVectorization(ngrams=10**12, vocabulary=["a", "b", "a b"], output_mode="count")
    assert layer(["a b"]).tolist() == [[0, 1, 1, 1]]
    assert layers.TextVectorization.from_config(layer.get_config()).ngrams == 10**12
