"""Files of layers beside their weights. Oracle: the parts of `.keras` files of tf.keras 2.13.1 and 2.15.0."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

import torchkeras_compat as ours
from torchkeras_compat import layers, models
from torchkeras_compat.saving.assets import load_assets, save_assets
from torchkeras_compat.saving.keras_archive import KerasArchive

VOCABULARY = b"\n[UNK]\nc\nb\na"


def _archive(tmp_path: Path, version: str, folder: str) -> Path:
    chain = [
        {"class_name": "InputLayer", "config": {"batch_input_shape": [None, 1], "dtype": "string", "name": "i"}},
        {"class_name": "TextVectorization", "config": {"name": "t", "dtype": "string", "output_sequence_length": 4}},
    ]
    for layer in chain:
        layer["module"] = "keras.layers"
    config = {"module": "keras", "class_name": "Sequential", "config": {"name": "s", "layers": chain}}
    weights, path = tmp_path / "model.weights.h5", tmp_path / "model.keras"
    with h5py.File(weights, "w") as file:
        file.require_group("vars")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": version, "date_saved": "2024-01-01@00:00:00"}))
        archive.writestr("config.json", json.dumps(config))
        archive.write(weights, weights.name)
        for inside in ("", "/_lookup_layer"):
            archive.writestr(f"assets/{folder}/text_vectorization{inside}/vocabulary.txt", VOCABULARY)
    return path


@pytest.mark.parametrize(
    ("version", "folder"), [("2.13.1", "_layer_checkpoint_dependencies"), ("2.15.0", "layers"), ("3.0.0", "layers")]
)
def test_a_vocabulary_lies_where_each_version_put_it(tmp_path: Path, version: str, folder: str) -> None:
    path = _archive(tmp_path, version, folder)
    if version.startswith("3"):
        model: Any = ours.Sequential([layers.TextVectorization(output_sequence_length=4)])
        with KerasArchive(str(path)) as archive:
            load_assets(model, archive, version)
    else:
        model = models.load_model(path)
    text = np.array([["a c"], ["b x"]], dtype=object)
    assert np.asarray(model(text)).tolist() == [[4, 2, 0, 0], [3, 1, 0, 0]]


def test_layers_without_assets_get_no_folder(tmp_path: Path) -> None:
    save_assets(ours.Sequential([layers.Dense(2)]), tmp_path / "assets")
    assert not (tmp_path / "assets").exists()
