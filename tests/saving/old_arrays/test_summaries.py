"""Summaries of `Discretization`. Oracle: tf.keras 2.9, which chose 3 and 7 for the numbers 0 to 11 in three bins."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import torchkeras_compat as ours
from torchkeras_compat import layers
from torchkeras_compat.errors import FileContentError
from torchkeras_compat.saving.old_arrays.summaries import give_summaries

SUMMARY = np.stack([np.arange(12.0), np.ones(12)]).astype("float32")


def _model() -> Any:
    return ours.Sequential([ours.Input((1,)), layers.Discretization(num_bins=3, name="d"), layers.Dense(1, name="x")])


def _file(write_layers: Any, summary: Any) -> Any:
    kernel = ("x/kernel:0", np.full((1, 1), 2.0, "float32"))
    arrays = {"d": [("summary:0", summary)], "x": [kernel, ("x/bias:0", np.zeros(1, "float32"))]}
    return write_layers(arrays, "2.9.0", "tensorflow")


@pytest.mark.parametrize("by_name", [False, True])
def test_boundaries_come_from_the_summary(write_layers: Any, by_name: bool) -> None:
    model = _model()
    model.load_weights(_file(write_layers, SUMMARY), by_name=by_name)
    assert model.layers[0].bin_boundaries == [3.0, 7.0]
    assert model.predict(np.array([[0.1], [5.0], [9.0]]), verbose=0).ravel().tolist() == [0.0, 2.0, 4.0]


def test_a_layer_that_saw_no_data_has_no_boundaries() -> None:
    layer = layers.Discretization(num_bins=3)
    give_summaries([(layer, np.zeros((2, 0), "float32"))])
    assert layer.bin_boundaries == []


@pytest.mark.parametrize(
    "summary", [SUMMARY[:1], SUMMARY * np.float32(np.nan), SUMMARY.astype("int32"), SUMMARY * np.float32([[1], [0]])]
)
def test_what_is_none_is_refused_and_nothing_is_set(write_layers: Any, summary: Any) -> None:
    model = _model()
    before = [a.copy() for a in model.get_weights()]
    with pytest.raises(FileContentError, match="'d' in .* has no summary of data"):
        model.load_weights(_file(write_layers, summary))
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))
    assert model.layers[0].bin_boundaries == []
