"""`IntegerLookup` beside the documented examples and values of Keras 3.15.1 with TensorFlow."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from torchkeras_compat import Input, Sequential, layers, saving

WORDS = [12, 36, 1138, 42]
ROWS = [[12, 1138, 42], [42, 1000, 36]]
WEIGHTS = [0.25, 0.75, 0.6, 0.4]


@pytest.mark.parametrize(
    ("arguments", "x", "wanted"),
    [
        ({}, ROWS, [[1, 3, 4], [4, 0, 2]]),
        ({"num_oov_indices": 2}, [[12, 1138, 42], [37, 1000, 36]], [[2, 4, 5], [1, 0, 3]]),
        ({"num_oov_indices": 0}, [[12, 1138, 42]], [[0, 2, 3]]),
        ({"num_oov_indices": 3}, [[-1, -2, -3, -4]], [[2, 1, 0, 2]]),
        ({"num_oov_indices": 3, "oov_method": "farmhash"}, [[1, 2, 3, 4, -5]], [[0, 1, 0, 2, 0]]),
        ({"num_oov_indices": 3, "oov_method": "farmhash", "salt": [5, 6]}, [[1, 2, 3, 4, -5]], [[1, 2, 2, 2, 1]]),
        ({"mask_token": 0}, [[12, 0, 42, 7]], [[2, 0, 5, 1]]),
        ({"invert": True}, [[1, 3, 9, -4]], [[12, 1138, -1, -1]]),
        ({"invert": True, "mask_token": 0}, [[0, 1, 2, 3]], [[0, -1, 12, 36]]),
        ({"output_mode": "one_hot"}, [12, 36, 5], [[0, 1, 0, 0, 0], [0, 0, 1, 0, 0], [1, 0, 0, 0, 0]]),
        ({"output_mode": "multi_hot"}, ROWS, [[0, 1, 0, 1, 1], [1, 0, 1, 0, 1]]),
        ({"output_mode": "multi_hot", "mask_token": 0}, [[12, 0, 36]], [[0, 1, 1, 0, 0]]),
        ({"output_mode": "count"}, [[12, 12, 7]], [[1, 2, 0, 0, 0]]),
        ({"output_mode": "multi_hot", "max_tokens": 7, "pad_to_max_tokens": True}, [[12]], [[0, 1, 0, 0, 0, 0, 0]]),
        ({"max_tokens": 7, "pad_to_max_tokens": True}, [12], [1]),
        ({"output_mode": "tf_idf", "idf_weights": WEIGHTS}, [[12, 1138, 42, 42]], [[0, 0.25, 0, 0.6, 0.8]]),
        ({"output_mode": "tf_idf", "idf_weights": WEIGHTS}, [[42, 7, 36, 36]], [[0.5, 0, 1.5, 0, 0.4]]),
        ({"output_mode": "tf_idf", "idf_weights": WEIGHTS, "mask_token": 0}, [[0, 12, 7]], [[0.5, 0.25, 0, 0, 0]]),
        (
            {"output_mode": "tf_idf", "idf_weights": [0.1, *WEIGHTS], "vocabulary": [-1, *WORDS]},
            [[42, 7, 36, 36]],
            [[0.1, 0, 1.5, 0, 0.4]],
        ),
        (
            {"output_mode": "tf_idf", "idf_weights": WEIGHTS, "max_tokens": 8, "pad_to_max_tokens": True},
            [[0, 12, 7]],
            [[1.0, 0.25, 0, 0, 0, 0, 0, 0]],
        ),
    ],
)
def test_places_are_those_of_keras(arguments: dict[str, Any], x: Any, wanted: Any) -> None:
    layer = layers.IntegerLookup(**{"vocabulary": WORDS, **arguments})
    dtype = torch.float32 if layer.output_mode == "tf_idf" else torch.int64
    for given in (x, np.array(x), np.array(x, "int32"), torch.tensor(x)):
        torch.testing.assert_close(layer(given), torch.tensor(wanted, dtype=dtype))
    assert layer.compute_output_shape(np.shape(x)) == np.shape(wanted)
    again = layers.IntegerLookup.from_config(layer.get_config())
    assert again(x).tolist() == layer(x).tolist() and again.get_config() == layer.get_config()


def test_vocabulary_has_the_special_tokens_first() -> None:
    layer = layers.IntegerLookup(vocabulary=WORDS, mask_token=0, num_oov_indices=2)
    assert layer.get_vocabulary() == [0, -1, -1, *WORDS]
    assert layer.get_vocabulary(include_special_tokens=False) == WORDS
    assert layer.vocabulary_size() == 7
    assert layers.IntegerLookup(vocabulary=[0, -1, *WORDS], mask_token=0).get_vocabulary() == [0, -1, *WORDS]
    assert layers.IntegerLookup(vocabulary=WORDS, mask_token=0, output_mode="count").get_vocabulary() == [-1, *WORDS]


@pytest.mark.parametrize(
    ("arguments", "data", "wanted"),
    [
        ({}, ROWS, [-1, 42, 1138, 1000, 36, 12]),
        ({}, [1, 2, 2, 3, 3, 3, 4, 4, 5, 5], [-1, 3, 5, 4, 2, 1]),
        ({"max_tokens": 3}, np.array([1, 2, 2, 3, 3, 3, 4, 4, 5, 5]), [-1, 3, 5]),
        ({"mask_token": 0}, [0, 0, -1, -1, 5, 5, 6], [0, -1, 5, 6]),
        ({"mask_token": 0, "max_tokens": 3, "output_mode": "multi_hot"}, [1, 1, 2, 3], [-1, 1, 3]),
        ({}, torch.utils.data.DataLoader(torch.tensor([1, 2, 2, 3]), batch_size=2), [-1, 2, 3, 1]),
        ({}, iter([(np.array([1, 2]), 0), (np.array([2, 3]), 0)]), [-1, 2, 3, 1]),
    ],
)
def test_adapt_puts_the_most_common_first(arguments: dict[str, Any], data: Any, wanted: list[int]) -> None:
    layer = layers.IntegerLookup(**arguments)
    layer.adapt(data)
    assert layer.get_vocabulary() == wanted


def test_adapt_weighs_by_documents() -> None:
    layer = layers.IntegerLookup(output_mode="tf_idf")
    layer.adapt([[1, 2, 2], [2, 3, 3], [1, 2, 4]])
    assert layer.get_vocabulary() == [-1, 2, 3, 1, 4]
    wanted = torch.tensor([[0.7713361382484436, 0.5596157908439636, 0.0, 0.6931471824645996, 0.0]])
    torch.testing.assert_close(layer([[1, 2, 9]]), wanted)


def test_adapt_starts_over_and_update_state_goes_on() -> None:
    layer = layers.IntegerLookup()
    layer.update_state([1, 2, 2])
    layer.update_state([3, 3, 3])
    layer.finalize_state()
    assert layer.get_vocabulary() == [-1, 3, 2, 1]
    layer.adapt(iter([[9], [8]]), steps=1)
    assert layer.get_vocabulary() == [-1, 9]


def test_learned_vocabularies_are_saved_as_keras_does(tmp_path: Path) -> None:
    layer = layers.IntegerLookup(output_mode="tf_idf", name="lookup")
    layer.adapt([[1, 2], [2, 3]])
    model = Sequential([Input((2,), dtype="int64"), layer, layers.Dense(2)])
    x = np.array([[1, 2], [9, 3]])
    wanted = model.predict(x, verbose=0)
    model.save(tmp_path / "model.keras")
    with zipfile.ZipFile(tmp_path / "model.keras") as archive:
        assert archive.read("assets/layers/integer_lookup/vocabulary.txt") == b"-1\n2\n3\n1"  # what Keras writes
    again: Any = saving.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(again.predict(x, verbose=0), wanted)
    assert again.layers[0].get_vocabulary() == [-1, 2, 3, 1]


def test_config_is_that_of_keras() -> None:
    config = layers.IntegerLookup(vocabulary=WORDS, name="i").get_config()
    del config["dtype"]
    assert config == {
        "name": "i",
        "trainable": True,
        "invert": False,
        "max_tokens": None,
        "num_oov_indices": 1,
        "oov_token": -1,
        "mask_token": None,
        "output_mode": "int",
        "sparse": False,
        "pad_to_max_tokens": False,
        "vocabulary_dtype": "int64",
        "idf_weights": None,
        "vocabulary": [12, 36, 1138, 42],
        "vocabulary_size": 5,
        "oov_method": "floormod",
        "salt": None,
    }


def test_integers_on_a_device_are_looked_up_there() -> None:
    layer = layers.IntegerLookup(vocabulary=WORDS, num_oov_indices=2, mask_token=0, output_mode="count")
    assert layer(torch.zeros(3, 4, dtype=torch.int64, device="meta")).shape == (3, 6)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"max_tokens": 1}, "greater than 1. Received: max_tokens=1"),
        ({"num_oov_indices": -1}, "num_oov_indices=-1"),
        ({"output_mode": "x"}, "output_mode: x"),
        ({"vocabulary_dtype": "int32"}, "vocabulary_dtype=int32"),
        ({"oov_method": "x"}, "oov_method=x"),
        ({"salt": 5}, "oov_method=floormod"),
        ({"invert": True, "output_mode": "count"}, "output_mode=count"),
        ({"sparse": True}, "sparse=True"),
        ({"pad_to_max_tokens": True}, "max_tokens=None"),
        ({"idf_weights": [1.0]}, r"idf_weights=\[1.0\]"),
        ({"output_mode": "tf_idf", "idf_weights": [1.0]}, "vocabulary=None"),
        ({"vocabulary": []}, "empty vocabulary"),
        ({"vocabulary": [1, 2, 2, 1]}, r"repeated terms are: \[1, 2\]"),
        ({"vocabulary": [1, 0], "mask_token": 0}, r"vocabulary index \[1\]"),
        ({"vocabulary": WORDS, "max_tokens": 3}, "vocabulary size is 5; `max_tokens` is 3"),
        ({"vocabulary": WORDS, "output_mode": "tf_idf"}, "`idf_weights` must also be provided"),
        ({"vocabulary": WORDS, "output_mode": "tf_idf", "idf_weights": [1.0]}, "is 1; len.vocabulary. is 4"),
        ({"vocabulary": ["a"]}, "holds integers. Received: 'a'"),
    ],
)
def test_bad_arguments_are_refused(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        layers.IntegerLookup(**arguments)


def test_bad_calls_are_refused() -> None:
    with pytest.raises(ValueError, match=r"num_oov_indices=0\), and received \[41\]"):
        layers.IntegerLookup(vocabulary=WORDS, num_oov_indices=0)([12, 41])
    with pytest.raises(ValueError, match="no vocabulary yet"):
        layers.IntegerLookup()([1])
    with pytest.raises(ValueError, match="use `StringLookup`"):
        layers.IntegerLookup(vocabulary=WORDS)(["a"])
    with pytest.raises(ValueError, match="static vocabulary"):
        layers.IntegerLookup(vocabulary=WORDS).adapt([1])
