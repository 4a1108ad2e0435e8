"""Arrays of one layer in `.keras` files of tf.keras. Oracle: a masked product between all inputs and outputs."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from torchkeras_compat import models
from torchkeras_compat.errors import FileContentError
from torchkeras_compat.layers import Dense
from torchkeras_compat.legacy.layers.locally_connected import LocallyConnected1D
from torchkeras_compat.saving.old_arrays.own_store import in_todays_layout
from torchkeras_compat.saving.stores import ArrayReader

KERNEL = np.arange(1.0, 7.0, dtype="float32").reshape(3, 1, 2, 1)  # steps, channels, places, filters
BIAS = np.array([[0.5], [0.25]], "float32")
WINDOWS = np.array([[1.0, 3.0], [4.0, 6.0]])  # places, steps


def _store(tmp_path: Path, *arrays: np.ndarray) -> ArrayReader:
    path = tmp_path / "arrays.h5"
    with h5py.File(path, "w") as file:
        for i, array in enumerate(arrays):
            file[str(i)] = array
    return ArrayReader(h5py.File(path))


def _archive(tmp_path: Path, version: str, place: str, *arrays: np.ndarray) -> Path:
    settings = {"name": "l", "filters": 1, "kernel_size": [2], "implementation": 2, "batch_input_shape": [None, 3, 1]}
    layer = {"module": "keras.layers", "class_name": "LocallyConnected1D", "config": settings}
    config = {"module": "keras", "class_name": "Sequential", "config": {"name": "s", "layers": [layer]}}
    weights, path = tmp_path / "model.weights.h5", tmp_path / "model.keras"
    with h5py.File(weights, "w") as file:
        file.require_group("vars")
        for i, array in enumerate(arrays):
            file[f"{place}/vars/{i}"] = array
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": version, "date_saved": "2024-01-01@00:00:00"}))
        archive.writestr("config.json", json.dumps(config))
        archive.write(weights, weights.name)
    return path


@pytest.mark.parametrize(
    ("version", "place"),
    [("2.13.1", "_layer_checkpoint_dependencies/locally_connected1d"), ("2.15.0", "layers/locally_connected1d")],
)
def test_a_kernel_between_all_inputs_and_outputs(tmp_path: Path, version: str, place: str) -> None:
    model: Any = models.load_model(_archive(tmp_path, version, place, KERNEL, BIAS))
    x = np.array([[[1.0], [10.0], [100.0]]], "float32")
    assert model.predict(x, verbose=0).ravel().tolist() == [1.0 + 30.0 + 0.5, 40.0 + 600.0 + 0.25]


def test_shapes_of_another_layer_are_named(tmp_path: Path) -> None:
    path = _archive(tmp_path, "2.15.0", "layers/locally_connected1d", KERNEL[:2], BIAS)
    with pytest.raises(FileContentError, match=r"the file \(2, 1, 2, 1\)"):
        models.load_model(path)


def test_arrays_are_converted_when_they_are_read(tmp_path: Path) -> None:
    layer = LocallyConnected1D(1, 2, implementation=2)
    layer.build((None, 3, 1))
    found = in_todays_layout(layer, _store(tmp_path, KERNEL, BIAS))
    assert tuple(found.dataset("0").shape) == (2, 2, 1)
    np.testing.assert_array_equal(found.dataset("0").tensor()[..., 0], WINDOWS)


def test_other_arrays_are_as_they_are(tmp_path: Path) -> None:
    layer = Dense(2)
    layer.build((None, 3))
    store = _store(tmp_path, np.zeros((3, 2), "float32"), np.zeros(2, "float32"))
    assert in_todays_layout(layer, store) is store
    assert in_todays_layout(layer, ArrayReader(None)).group is None
