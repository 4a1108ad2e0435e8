"""Inception-ResNet-v2: Keras's layers, files and outputs."""

from __future__ import annotations

import torch

from tests.applications import oracle
from torchkeras_compat.saving import load_model


def test_the_layers_files_and_outputs_are_those_of_keras(real_keras, tmp_path) -> None:
    arguments = {"input_shape": (75, 75, 3), "include_top": False, "pooling": "avg"}
    ours, theirs = oracle.pair(real_keras, "InceptionResNetV2", **arguments)
    oracle.check_layers(ours, theirs)
    oracle.randomize(theirs)
    theirs.save(tmp_path / "theirs.keras")
    loaded = load_model(tmp_path / "theirs.keras")
    oracle.check_outputs(loaded, theirs)
    assert type(loaded.get_layer("custom_scale_layer")).__module__.startswith("torchkeras_compat.")
    loaded.save(tmp_path / "ours.keras")
    again = real_keras.saving.load_model(tmp_path / "ours.keras")
    x = oracle.images(theirs)
    with torch.no_grad():
        torch.testing.assert_close(again(x, training=False), theirs(x, training=False))


def test_with_the_top_the_layers_are_those_of_keras(real_keras) -> None:
    oracle.check_layers(*oracle.pair(real_keras, "InceptionResNetV2", classes=3, classifier_activation=None))
