"""`StringLookup` beside the documented examples and values of Keras 3.15.1 with TensorFlow."""

from __future__ import annotations

import json
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from torchkeras_compat import Input, Model, Sequential, layers, saving
from torchkeras_compat.errors import FileLimitError
from torchkeras_compat.models.from_json import model_from_json

WORDS = ["a", "b", "c", "d"]
ROWS = [["a", "c", "d"], ["d", "z", "b"]]
WEIGHTS = [0.25, 0.75, 0.6, 0.4]


@pytest.mark.parametrize(
    ("arguments", "x", "wanted"),
    [
        ({}, ROWS, [[1, 3, 4], [4, 0, 2]]),
        ({}, "b", 2),
        ({"num_oov_indices": 2}, [["a", "c", "d"], ["m", "z", "b"]], [[2, 4, 5], [0, 1, 3]]),
        ({"num_oov_indices": 5}, [["m", "z", "q", "hello"]], [[4, 2, 3, 1]]),
        ({"num_oov_indices": 5, "salt": 7}, [["m", "z", "q", "hello"]], [[4, 2, 1, 3]]),
        ({"mask_token": ""}, [["a", "", "x"]], [[2, 0, 1]]),
        ({"output_mode": "one_hot"}, ["a", "x"], [[0, 1, 0, 0, 0], [1, 0, 0, 0, 0]]),
        ({"output_mode": "multi_hot"}, ROWS, [[0, 1, 0, 1, 1], [1, 0, 1, 0, 1]]),
        ({"output_mode": "count"}, [["a", "a", "x"]], [[1, 2, 0, 0, 0]]),
        ({"output_mode": "tf_idf", "idf_weights": WEIGHTS}, ROWS, [[0, 0.25, 0, 0.6, 0.4], [0.5, 0, 0.75, 0, 0.4]]),
    ],
)
def test_places_are_those_of_keras(arguments: dict[str, Any], x: Any, wanted: Any) -> None:
    layer = layers.StringLookup(**{"vocabulary": WORDS, **arguments})
    dtype = torch.float32 if layer.output_mode == "tf_idf" else torch.int64
    for given in (x, np.array(x), np.array(x, object), np.char.encode(np.array(x))):
        torch.testing.assert_close(layer(given), torch.tensor(wanted, dtype=dtype))
    assert layer.compute_output_shape(np.shape(x)) == np.shape(wanted)
    again = layers.StringLookup.from_config(layer.get_config())
    assert again(x).tolist() == layer(x).tolist() and again.get_config() == layer.get_config()


def test_places_become_strings() -> None:
    """The values of Keras with TensorFlow, where they are bytes."""
    plain = layers.StringLookup(vocabulary=["a", "b"], invert=True)
    assert plain([[1, 2, 0, 7]]).tolist() == [["a", "b", "[UNK]", "[UNK]"]]
    masked = layers.StringLookup(vocabulary=["a", "b"], invert=True, mask_token="")
    texts = masked(torch.tensor([[1, 2, 0, 7]]))
    assert texts.shape == (1, 4) and texts.numpy().tolist() == [["[UNK]", "a", "", "[UNK]"]]
    assert plain(Input((2,), dtype="int64")).dtype == "string"


def test_pandas_columns_are_looked_up() -> None:
    pandas = pytest.importorskip("pandas")
    layer = layers.StringLookup()
    layer.adapt(pandas.Series(["x", "y", "x"]))
    assert layer.get_vocabulary() == ["[UNK]", "x", "y"]
    assert layer(pandas.Series(["y", "q"])).tolist() == [2, 0]


@pytest.mark.parametrize(
    ("arguments", "data", "wanted"),
    [
        ({}, ["b", "a", "c", "a", "b"], ["[UNK]", "b", "a", "c"]),
        ({}, ROWS, ["[UNK]", "d", "z", "c", "b", "a"]),
        ({}, ["ü", "z", "a", "é"], ["[UNK]", "ü", "é", "z", "a"]),
        ({"mask_token": ""}, ["", "", "[UNK]", "a"], ["", "[UNK]", "a"]),
        ({"max_tokens": 2}, np.array(["x", "y"], object), ["[UNK]", "y"]),
        ({"output_mode": "tf_idf"}, [["a", "b"], ["b", "c"]], ["[UNK]", "b", "c", "a"]),
        ({}, iter([np.array(["a"]), np.array(["b", "a"])]), ["[UNK]", "a", "b"]),
    ],
)
def test_adapt_puts_the_most_common_first(arguments: dict[str, Any], data: Any, wanted: list[str]) -> None:
    layer = layers.StringLookup(**arguments)
    layer.adapt(data)
    assert layer.get_vocabulary() == wanted


def test_strings_go_through_models() -> None:
    entry = Input((2,), dtype="string")
    functional: Any = Model(entry, layers.StringLookup(vocabulary=WORDS)(entry))
    assert functional(np.array(ROWS)[:, :2]).tolist() == [[1, 3], [4, 0]]
    assert functional([["a", "c"]]).tolist() == [[1, 3]]
    sequential = Sequential(
        [Input((1,), dtype="string"), layers.StringLookup(vocabulary=WORDS), layers.Embedding(5, 3)]
    )
    assert sequential(np.array(["a", "b"])).shape == (2, 1, 3)
    with pytest.raises(TypeError, match="Received a tensor of dtype"):
        functional(torch.zeros(1, 2))


def test_learned_vocabularies_are_saved_as_keras_does(tmp_path: Path) -> None:
    layer = layers.StringLookup(num_oov_indices=2, mask_token="", name="lookup")
    layer.adapt(["a", "b", "b", ""])
    model = Sequential([Input((1,), dtype="string"), layer])
    model.save(tmp_path / "model.keras")
    with zipfile.ZipFile(tmp_path / "model.keras") as archive:
        assert archive.read("assets/layers/string_lookup/vocabulary.txt") == b"\n[UNK]\n[UNK]\nb\na"  # as Keras does
    again: Any = saving.load_model(tmp_path / "model.keras")
    assert again.layers[0].get_vocabulary() == ["", "[UNK]", "[UNK]", "b", "a"]
    assert again(np.array([["b"]])).tolist() == [[3]]


def test_words_with_line_breaks_are_saved(tmp_path: Path) -> None:
    layer = layers.StringLookup()
    layer.adapt(["a\nb", "\n", "a"])
    Sequential([Input((1,), dtype="string"), layer]).save(tmp_path / "model.keras")
    again: Any = saving.load_model(tmp_path / "model.keras")
    assert again.layers[0].get_vocabulary() == layer.get_vocabulary()


def test_words_come_from_a_file_but_not_by_a_config(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_text("x\ny\n", encoding="utf-8")
    layer = layers.StringLookup(vocabulary=str(path))
    assert layer.get_vocabulary() == ["[UNK]", "x", "y"]
    assert layer.get_config()["vocabulary"] is None  # the words are an asset
    with pytest.raises(ValueError, match="a config opens no files"):
        layers.StringLookup.from_config({**layer.get_config(), "vocabulary": str(path)})
    with pytest.raises(ValueError, match="does not exist"):
        layers.StringLookup(vocabulary=str(tmp_path / "none.txt"))


def test_config_is_that_of_keras() -> None:
    config = layers.StringLookup(vocabulary=WORDS, salt=3, num_oov_indices=2, encoding="latin-1", name="s").get_config()
    del config["dtype"]
    assert config == {
        "name": "s",
        "trainable": True,
        "invert": False,
        "max_tokens": None,
        "num_oov_indices": 2,
        "oov_token": "[UNK]",
        "mask_token": None,
        "output_mode": "int",
        "sparse": False,
        "pad_to_max_tokens": False,
        "idf_weights": None,
        "vocabulary": ["a", "b", "c", "d"],
        "vocabulary_size": 6,
        "oov_method": "floormod",
        "salt": [3, 3],
        "encoding": "latin-1",
    }


def test_bad_calls_are_refused() -> None:
    with pytest.raises(ValueError, match=r"and received \['z'\]"):
        layers.StringLookup(vocabulary=WORDS, num_oov_indices=0)(["a", "z"])
    with pytest.raises(TypeError, match="takes strings. Received"):
        layers.StringLookup(vocabulary=WORDS)([1, 2])
    with pytest.raises(ValueError, match="holds strings. Received: 1"):
        layers.StringLookup(vocabulary=[1])
    with pytest.raises(ValueError, match=r"vocabulary index \[1\]"):
        layers.StringLookup(vocabulary=["[UNK]", "", "b"], mask_token="")


@pytest.mark.parametrize("settings", [{}, {"output_mode": "multi_hot"}, {"mask_token": ""}])
def test_no_list_is_made_of_the_places_for_unknown_words_that_a_config_says(settings: dict[str, Any]) -> None:
    config = {**layers.StringLookup(vocabulary=["a", "b"], **settings).get_config(), "num_oov_indices": 10**9}
    tracemalloc.start()
    try:
        layer = layers.StringLookup.from_config(config)
        model = Sequential([Input((3,), dtype="string"), layer])
        assert layer.vocabulary_size() == 10**9 + 2 + (settings == {"mask_token": ""})
        assert model.output_shape == ((None, 3) if "output_mode" not in settings else (None, 10**9 + 2))
        with pytest.raises(ValueError, match="repeated"):
            layer.set_vocabulary(["a", "a"])
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


def test_a_file_may_not_ask_for_weights_of_any_number_of_unknown_words() -> None:
    lookup = layers.StringLookup(vocabulary=["a"], idf_weights=[1.0], output_mode="tf_idf")
    config = json.loads(Sequential([Input((3,), dtype="string"), lookup]).to_json())
    config["config"]["layers"][1]["config"]["num_oov_indices"] = 10**10
    with pytest.raises(FileLimitError, match="memory"):
        model_from_json(json.dumps(config))
