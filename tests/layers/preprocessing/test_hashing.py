"""`Hashing` beside the documented example and values of Keras 3.15.1 with TensorFlow."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

from torchkeras_compat import Input, Sequential, layers, saving

LETTERS = [["A"], ["B"], ["C"], ["D"], ["E"]]
LONG = "a longer text that has many characters in it, more than sixty-four bytes of them"


@pytest.mark.parametrize(
    ("arguments", "x", "wanted"),
    [
        ({}, LETTERS, [[1], [0], [1], [1], [2]]),  # the example of Keras's documentation
        ({"mask_value": ""}, [["A"], ["B"], [""], ["C"], ["D"]], [[1], [1], [0], [2], [2]]),  # another one
        ({"salt": 133}, LETTERS, [[0], [0], [2], [1], [0]]),
        ({"salt": [133, 137]}, LETTERS, [[1], [2], [1], [0], [2]]),
        ({"salt": 133}, [[1], [2], [-3]], [[2], [0], [2]]),
        ({"mask_value": -1}, np.array([[1], [2], [-1], [5]]), [[2], [2], [0], [2]]),
        ({"num_bins": 1000}, torch.tensor([[1], [2], [-3]]), [[849], [759], [699]]),
        ({}, "A", 1),
        ({}, np.array([b"A", b"B"]), [1, 0]),
        ({"num_bins": 2**31 - 1}, ["A", "", LONG, "héllo wörld"], [565860541, 1699943623, 421378485, 273425066]),
        ({"output_mode": "multi_hot"}, [["A", "B", "C"]], [[1.0, 1.0, 0.0]]),
        ({"output_mode": "count"}, [["A", "B", "C"]], [[1.0, 2.0, 0.0]]),
        ({"output_mode": "one_hot"}, [["A"], ["E"]], [[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
    ],
)
def test_bins_are_those_of_keras(arguments: dict[str, Any], x: Any, wanted: Any) -> None:
    layer = layers.Hashing(**{"num_bins": 3, **arguments})
    result = layer(x)
    assert result.tolist() == wanted
    assert result.dtype == (torch.int64 if layer.output_mode == "int" else torch.float32)
    assert layer.compute_output_shape(np.shape(x)) == tuple(result.shape)
    again = layers.Hashing.from_config(layer.get_config())
    assert again(x).tolist() == wanted and again.get_config() == layer.get_config()


def test_strings_come_in_many_forms() -> None:
    layer = layers.Hashing(3)
    forms: list[Any] = [["A", "B"], np.array(["A", "B"]), np.array(["A", "B"], object), ("A", "B")]
    assert [layer(x).tolist() for x in forms] == [[1, 0]] * 4
    pandas = pytest.importorskip("pandas")
    assert "pandas" in sys.modules
    assert layer(pandas.Series(["A", "B"])).tolist() == [1, 0]
    assert layer(pandas.DataFrame({"a": ["A", "B"], "b": ["C", "E"]})).tolist() == [[1, 1], [0, 2]]


def test_config_is_that_of_keras() -> None:
    config = layers.Hashing(3, salt=133, name="h").get_config()
    assert config.pop("dtype")["config"] == {"name": "int64"}
    assert config == {
        "name": "h",
        "trainable": True,
        "num_bins": 3,
        "salt": [133, 133],
        "mask_value": None,
        "output_mode": "int",
        "sparse": False,
    }


def test_integers_are_hashed_in_models_and_files(tmp_path: Path) -> None:
    model = Sequential([Input((2,), dtype="int64"), layers.Hashing(8), layers.Embedding(8, 2)])
    x = np.array([[1, -7], [10**12, 0]])
    wanted = model.predict(x, verbose=0)
    model.save(tmp_path / "model.keras")
    again: Any = saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(again.predict(x, verbose=0), wanted)


def test_symbolic_outputs_have_the_shape_and_dtype(real_keras: ModuleType) -> None:
    strings = Input((2,), dtype="string")
    outputs = [layers.Hashing(3, output_mode=mode)(strings) for mode in ("int", "one_hot", "count")]
    assert [(y.shape, y.dtype) for y in outputs] == [
        ((None, 2), "int64"),
        ((None, 2, 3), "float32"),
        ((None, 3), "float32"),
    ]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"num_bins": 0}, "num_bins=0"),
        ({"num_bins": None}, "num_bins=None"),
        ({"output_mode": "x"}, "output_mode: x"),
        ({"salt": "x"}, "salt=x"),
        ({"salt": [1, 2, 3]}, r"salt=\[1, 2, 3\]"),
        ({"sparse": True, "output_mode": "count"}, "sparse=True"),
        ({"dtype": "float32"}, "dtype=float32"),
    ],
)
def test_bad_arguments_are_refused(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        layers.Hashing(**{"num_bins": 3, **arguments})


def test_bad_inputs_are_refused() -> None:
    layer = layers.Hashing(3)
    with pytest.raises(TypeError, match="Received values of dtype torch.float32"):
        layer([1.5])
    with pytest.raises(TypeError, match="Received values of type int"):
        layer(["a", 1])
    with pytest.raises(ValueError, match="nested lists of different lengths"):
        layer([["a"], ["b", "c"]])
    with pytest.raises(ValueError, match="not text in utf-8"):
        layer(np.array([b"\xff"]))
