"""`CategoryEncoding` beside real Keras."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

from torchkeras_compat import Input, Sequential, layers, saving

INPUTS: list[Any] = [[[0, 1], [0, 0], [3, 1]], [3, 2, 0], [[2], [1]], np.zeros((2, 3, 2), "uint8"), [[0.7, 1.2]]]


@pytest.mark.parametrize("mode", ["one_hot", "multi_hot", "count"])
@pytest.mark.parametrize("x", INPUTS, ids=["rows", "one axis", "column", "three axes", "floats"])
@pytest.mark.parametrize("dtype", [None, "int32", "float64"])
def test_encoding_is_that_of_keras(mode: str, x: Any, dtype: str | None, real_keras: ModuleType) -> None:
    ours = layers.CategoryEncoding(4, mode, dtype=dtype)
    wanted = real_keras.layers.CategoryEncoding(4, mode, dtype=dtype)(np.asarray(x))
    result = ours(x)
    torch.testing.assert_close(result, wanted)
    assert ours.compute_output_shape(np.shape(x)) == tuple(wanted.shape)


def test_counts_are_weighted(real_keras: ModuleType) -> None:
    x, weights = np.array([[0, 1], [0, 0], [1, 2]]), np.array([[0.1, 0.2], [0.1, 0.1], [0.2, 0.3]])
    ours, theirs = (module.CategoryEncoding(4, output_mode="count") for module in (layers, real_keras.layers))
    torch.testing.assert_close(ours(x, count_weights=weights), theirs(x, count_weights=weights))
    with pytest.raises(ValueError, match=r"shape of the inputs, \(3, 2\). Received shape \(2, 2\)"):
        ours(x, count_weights=weights[:2])
    with pytest.raises(ValueError, match="output_mode='multi_hot'"):
        layers.CategoryEncoding(4)(x, count_weights=weights)


def test_what_is_outside_is_refused_on_the_cpu_and_left_out_elsewhere() -> None:
    layer = layers.CategoryEncoding(3)
    with pytest.raises(ValueError, match="num_tokens=3. Received: 7"):
        layer([[0, 7]])
    assert layer([[0, -1]]).tolist() == [[1.0, 0.0, 0.0]]
    assert layer(torch.zeros(2, 5, dtype=torch.int64, device="meta")).shape == (2, 3)


def test_it_works_in_models_and_files(tmp_path: Path, real_keras: ModuleType) -> None:
    model = Sequential([Input((2,), dtype="int32"), layers.CategoryEncoding(num_tokens=4), layers.Dense(2)])
    x = np.array([[0, 1], [3, 3]])
    wanted = model.predict(x, verbose=0)
    model.save(tmp_path / "model.keras")
    again: Any = saving.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(again.predict(x, verbose=0), wanted)
    theirs = real_keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(theirs.predict(x, verbose=0), wanted, rtol=1e-6)
    theirs.save(tmp_path / "theirs.keras")
    back: Any = saving.load_model(tmp_path / "theirs.keras")
    np.testing.assert_allclose(back.predict(x, verbose=0), wanted)


def test_config_is_that_of_keras(real_keras: ModuleType) -> None:
    ours, theirs = (m.CategoryEncoding(4, "count", name="code").get_config() for m in (layers, real_keras.layers))
    assert ours == theirs
    assert layers.CategoryEncoding.from_config(ours).get_config() == ours


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({}, "num_tokens must be set"),
        ({"num_tokens": 0}, "num_tokens=0"),
        ({"num_tokens": 2, "output_mode": "int"}, "Unknown arg for output_mode: int"),
        ({"num_tokens": 2, "sparse": True}, "the output is a dense tensor. Received: sparse=True"),
    ],
)
def test_bad_arguments_are_refused(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        layers.CategoryEncoding(**arguments)
