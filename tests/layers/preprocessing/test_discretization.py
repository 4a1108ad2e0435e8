"""`Discretization` beside real Keras; what needs TensorFlow there, beside values that it gave with it."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

from torchkeras_compat import Input, Sequential, layers, saving

X = np.array([[-1.5, 1.0, 3.4, 0.5], [0.0, 3.0, 1.3, np.nan]], "float32")


@pytest.mark.parametrize("mode", ["int", "one_hot", "multi_hot", "count"])
@pytest.mark.parametrize("x", [X, X[0], X[:, :1], X[None], np.array([0, 1, 5])], ids=lambda x: str(x.shape))
@pytest.mark.parametrize("dtype", [None, "int64"])
def test_bins_are_those_of_keras(mode: str, x: Any, dtype: str | None, real_keras: ModuleType) -> None:
    arguments: dict[str, Any] = {"bin_boundaries": [0.0, 1.0, 2.0], "output_mode": mode, "dtype": dtype}
    ours, theirs = layers.Discretization(**arguments), real_keras.layers.Discretization(**arguments)
    wanted = theirs(x)
    torch.testing.assert_close(ours(x), wanted)
    assert ours.compute_output_shape(x.shape) == tuple(wanted.shape)
    spec, wanted_spec = ours(Input((3,))), theirs(real_keras.Input((3,)))
    assert (spec.shape, spec.dtype) == (wanted_spec.shape, wanted_spec.dtype)
    assert {**ours.get_config(), "name": ""} == {**theirs.get_config(), "name": ""}


@pytest.mark.parametrize(
    "data",
    [
        X[:, :3],
        X[:, :3].tolist(),
        torch.tensor(X[:, :3]),
        iter([X[:1, :3], X[1:, :3]]),
        [(X[:1, :3], 0), (X[1:, :3], 0)],
        torch.utils.data.DataLoader(torch.tensor(X[:, :3])),
    ],
)
def test_adapt_learns_boundaries(data: Any) -> None:
    layer = layers.Discretization(num_bins=3)
    layer.adapt(data)
    assert layer.bin_boundaries == pytest.approx(
        [-8.940696716308594e-08, 1.2999999523162842], abs=1e-6
    )  # of Keras with TensorFlow


def test_lists_of_floats_stay_floats_in_a_layer_of_integers() -> None:
    layer = layers.Discretization([0.0, 1.0, 2.0], dtype="int64", output_mode="count")
    assert layer([[0.5, 1.5]]).tolist() == [[0, 1, 1, 0]]


def test_adapt_starts_over_and_update_state_goes_on() -> None:
    layer = layers.Discretization(num_bins=3)
    layer.adapt([9.0, 9.0])
    layer.adapt(iter([np.array([1.0, 2.0, 3.0, 4.0]), np.array([5.0, 6.0]), np.array([99.0])]), steps=2)
    assert layer.bin_boundaries == [2.0, 4.0]  # of Keras with TensorFlow
    layer.update_state([100.0] * 12)
    layer.finalize_state()
    assert layer.bin_boundaries == [6.0, 100.0]
    layer.reset_state()
    assert layer.summary.shape == (2, 0)


def test_learned_boundaries_are_saved(tmp_path: Path, real_keras: ModuleType) -> None:
    layer = layers.Discretization(num_bins=3, output_mode="one_hot")
    layer.adapt(np.arange(20.0))
    model = Sequential([Input((1,)), layer, layers.Dense(1)])
    x = np.array([[3.0], [7.0], [15.0]], "float32")
    wanted = model.predict(x, verbose=0)
    model.save(tmp_path / "model.keras")
    again: Any = saving.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(again.predict(x, verbose=0), wanted)
    again.layers[0].adapt(np.arange(3.0))  # what was learned is learned again
    theirs = real_keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(theirs.predict(x, verbose=0), wanted, rtol=1e-6)
    theirs.save(tmp_path / "theirs.keras")
    back: Any = saving.load_model(tmp_path / "theirs.keras")
    np.testing.assert_allclose(back.predict(x, verbose=0), wanted)


def test_nothing_is_learned_where_boundaries_are_given_or_data_missing() -> None:
    with pytest.raises(ValueError, match="initialized with `bin_boundaries`"):
        layers.Discretization([1.0]).adapt([1.0])
    with pytest.raises(ValueError, match="no data"):
        layers.Discretization(num_bins=2).adapt(iter([]))
    with pytest.raises(ValueError, match="steps=0"):
        layers.Discretization(num_bins=2).adapt([1.0], steps=0)
    with pytest.raises(ValueError, match="call `adapt"):
        layers.Discretization(num_bins=2)([1.0])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({}, "either `num_bins` or `bin_boundaries`"),
        ({"num_bins": 3, "bin_boundaries": [1.0]}, "num_bins=3"),
        ({"num_bins": -3}, "num_bins=-3"),
        ({"num_bins": 3, "sparse": True}, "sparse=True"),
        ({"num_bins": 3, "output_mode": "x"}, "output_mode: x"),
    ],
)
def test_bad_arguments_are_refused(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        layers.Discretization(**arguments)
