"""The order in which old files have the moments of weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from torchkeras_compat import Sequential, layers
from torchkeras_compat.saving.old_arrays.matching import FileArray
from torchkeras_compat.saving.old_arrays.writers import Writer
from torchkeras_compat.saving.old_optimizer_state import Unfit
from torchkeras_compat.saving.old_trained_weights import TrainedWeights, is_sorted


@pytest.mark.parametrize(
    ("version", "expected"),
    [("1.0.8", True), ("1.2.2", True), ("2.0.5", True), ("2.0.6", False), ("2.0.8-tf", False), ("2.3.1", False)],
)
def test_weights_were_sorted_up_to_2_0_5(version: str, expected: bool) -> None:
    assert is_sorted(version) is expected


def _weights(version: str, frozen: bool = False) -> tuple[Any, TrainedWeights]:
    model = Sequential([layers.Dense(2, input_dim=2, name="b"), layers.BatchNormalization(name="n"), layers.Dense(2)])
    model.layers[0].trainable = not frozen
    names = (("b_W", "b_b"), ("n_gamma", "n_beta", "n_mean", "n_std"), ("a_W", "a_b"))
    arrays: Any = [
        (layer, [FileArray(name, np.zeros(v.shape)) for name, v in zip(own, layer.weights, strict=True)])
        for layer, own in zip(model.layers, names, strict=True)
    ]
    return model, TrainedWeights(arrays, model.trainable_variables, version, Writer(2, 2))


def test_moments_come_in_the_order_of_the_layers() -> None:
    model, weights = _weights("2.2.4")
    assert weights.count == 6
    moments = [np.full(v.shape, i) for i, v in enumerate(model.trainable_variables)]
    assert [m.flat[0] for m in weights.in_own_order(moments)] == [0, 1, 2, 3, 4, 5]


def test_moments_come_in_the_order_of_names() -> None:
    model, weights = _weights("1.2.2")
    by_name = [4, 5, 0, 1, 3, 2]  # a_W, a_b, b_W, b_b, n_beta, n_gamma
    moments = [np.full(model.trainable_variables[i].shape, i) for i in by_name]
    assert [m.flat[0] for m in weights.in_own_order(moments)] == [0, 1, 2, 3, 4, 5]


def test_frozen_layers_have_no_moments() -> None:
    model, weights = _weights("2.2.4", frozen=True)
    assert weights.count == 4
    moments = [np.full(v.shape, i) for i, v in enumerate(model.trainable_variables)]
    assert [m.flat[0] for m in weights.in_own_order(moments)] == [0, 1, 2, 3]


def test_what_does_not_fit_is_said() -> None:
    model, weights = _weights("2.2.4")
    with pytest.raises(Unfit, match="moments for 2 weights, where 6 are trained"):
        weights.in_own_order([np.zeros(2)] * 2)
    with pytest.raises(Unfit, match="its moments of 'b_W' have another shape"):
        weights.in_own_order([np.zeros(7)] * 6)
    other = TrainedWeights([], model.trainable_variables, "2.2.4", Writer(2, 2))
    with pytest.raises(Unfit, match="nothing in the file is of 'sequential"):
        other.in_own_order([])
