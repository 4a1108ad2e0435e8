"""`HashedCrossing` beside the documented example and values of Keras 3.15.1 with TensorFlow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from torchkeras_compat import Input, Model, layers, saving

LETTERS, NUMBERS = ["A", "B", "A", "B", "A"], [101, 101, 101, 102, 102]


@pytest.mark.parametrize(
    ("num_bins", "features", "wanted"),
    [
        (5, (LETTERS, NUMBERS), [1, 4, 1, 1, 3]),  # the example of Keras's documentation
        (5, (np.array(LETTERS), torch.tensor(NUMBERS)), [1, 4, 1, 1, 3]),
        (1000, (np.array([["A"], ["B"]]), np.array([[101], [102]])), [[891], [576]]),
        (1000, ([["A"], ["B"]], [[101], [102]], [["x"], ["y"]]), [[95], [775]]),
        (1000, [np.array([1, 2, 3]), np.array([4, 5, 6])], [725, 438, 543]),
        (1000, (["1", "2", "3"], ["4", "5", "6"]), [712, 999, 181]),
        (1000, ("1", "4"), 712),
        (2**40, (["abc", "x"], [-5, 2**40]), [977952811067, 666410948617]),
    ],
)
def test_bins_are_those_of_keras(num_bins: int, features: Any, wanted: Any) -> None:
    layer = layers.HashedCrossing(num_bins)
    result = layer(features)
    assert result.tolist() == wanted and result.dtype == torch.int64
    if num_bins > 1000:
        return
    hot = layers.HashedCrossing(num_bins, output_mode="one_hot")(features)
    assert hot.dtype == torch.float32 and hot.argmax(-1).reshape(result.shape).tolist() == wanted
    assert layers.HashedCrossing.from_config(layer.get_config())(features).tolist() == wanted


def test_config_is_that_of_keras() -> None:
    assert layers.HashedCrossing(5, "one_hot", name="c").get_config() == {
        "num_bins": 5,
        "output_mode": "one_hot",
        "sparse": False,
        "name": "c",
        "dtype": "float32",
    }


def test_integers_are_crossed_in_models_and_files(tmp_path: Path) -> None:
    a, b = Input((1,), dtype="int64", name="a"), Input((1,), dtype="int64", name="b")
    model: Any = Model([a, b], layers.HashedCrossing(1000)((a, b)))
    x = [np.array([[1], [2], [3]]), np.array([[4], [5], [6]])]
    assert model.predict(x, verbose=0).tolist() == [[725], [438], [543]]
    model.save(tmp_path / "model.keras")
    again: Any = saving.load_model(tmp_path / "model.keras")
    assert again.predict(x, verbose=0).tolist() == [[725], [438], [543]]


@pytest.mark.parametrize(
    ("features", "words"),
    [
        (np.array([1, 2]), "list or tuple of inputs. Received: Tensor"),
        ((np.array([1, 2]),), "at least two inputs. Received: 1"),
        ((np.array([1, 2]), np.array([1])), r"equal shape. Received: shapes \[\(2,\), \(1,\)\]"),
        ((np.ones((1, 2), int), np.ones((1, 2), int)), r"should have shape .* \[\(1, 2\), \(1, 2\)\]"),
        ((np.array([1.0]), np.array([1])), "integer or string dtype. Received: torch.float"),
    ],
)
def test_bad_features_are_refused(features: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        layers.HashedCrossing(5)(features)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"num_bins": 0}, "num_bins=0"),
        ({"num_bins": 3, "output_mode": "multi_hot"}, "output_mode: multi_hot"),
        ({"num_bins": 3, "sparse": True}, "sparse=True"),
        ({"num_bins": 3, "dtype": "float32"}, "dtype=float32"),
    ],
)
def test_bad_arguments_are_refused(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        layers.HashedCrossing(**arguments)
