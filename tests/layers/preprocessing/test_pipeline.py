"""`Pipeline`: its layers, masks and modes, beside real Keras."""

from __future__ import annotations

import pathlib
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from torchkeras_compat import Input, layers, models, saving

IMAGES = np.random.RandomState(0).random((4, 8, 10, 3)).astype("float32")


class Canary(layers.Layer):
    """Notes what it is called with."""

    def call(self, x: Any, training: bool = False, mask: Any = None) -> Any:
        self.seen = (training, None if mask is None else int(mask))
        return x

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        return None if mask is None else mask + 1


class Plain(layers.Layer):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True

    def call(self, x: Any) -> Any:
        return x


def test_modes_and_masks_are_handed_on() -> None:
    pipeline = layers.Pipeline([Canary(), Plain(), nn.Identity(), Canary()])
    pipeline(np.ones((2, 3), "float32"), training=True, mask=np.array(0))
    assert [x.seen for x in pipeline.layers if isinstance(x, Canary)] == [(True, 0), (True, 1)]
    for given, expected in (({}, True), ({"training": False}, False)):
        pipeline(np.ones((2, 3), "float32"), **given)
        assert [x.seen for x in pipeline.layers if isinstance(x, Canary)] == [(expected, None)] * 2


def test_results_are_those_of_keras(real_keras: ModuleType) -> None:
    ours, theirs = (
        kind.Pipeline([kind.AutoContrast((0, 1)), kind.CenterCrop(4, 5), kind.Rescaling(2.0)])
        for kind in (layers, real_keras.layers)
    )
    torch.testing.assert_close(ours(IMAGES), theirs(IMAGES))
    assert ours(Input((8, 10, 3))).shape == (None, 4, 5, 3)
    expected = theirs.get_config()
    config = ours.get_config()
    assert list(config) == list(expected) == ["layers", "name"]
    assert [x["class_name"] for x in config["layers"]] == [x["class_name"] for x in expected["layers"]]
    torch.testing.assert_close(real_keras.layers.Pipeline.from_config(config)(IMAGES), ours(IMAGES))
    torch.testing.assert_close(layers.Pipeline.from_config(expected)(IMAGES), ours(IMAGES))
    assert config["layers"][0]["class_name"] == "AutoContrast"  # from_config changed nothing


def test_files_go_both_ways(real_keras: ModuleType, tmp_path: pathlib.Path) -> None:
    def model(kind: Any, inputs: Any, sequential: Any) -> Any:
        parts = [kind.RandomFlip(seed=1), kind.Dense(4)]
        return sequential([inputs((8, 10, 3)), kind.Pipeline(parts), kind.Flatten(), kind.Dense(2)])

    ours = model(layers, Input, models.Sequential)
    ours.save(tmp_path / "ours.keras")
    theirs = real_keras.models.load_model(tmp_path / "ours.keras")
    np.testing.assert_allclose(theirs.predict(IMAGES, verbose=0), ours.predict(IMAGES, verbose=0), atol=1e-5)
    theirs = model(real_keras.layers, real_keras.Input, real_keras.Sequential)
    theirs.save(tmp_path / "theirs.keras")
    loaded = models.load_model(tmp_path / "theirs.keras")
    np.testing.assert_allclose(loaded.predict(IMAGES, verbose=0), theirs.predict(IMAGES, verbose=0), atol=1e-5)
    assert len(loaded.weights) == 4


def test_what_is_not_a_list_of_layers_is_refused() -> None:
    for wrong in (None, [], [1], layers.AutoContrast()):
        with pytest.raises(ValueError, match="`layers` must be a list of layers"):
            layers.Pipeline(wrong)
    for config in ({"name": "it"}, {"name": "it", "layers": None}):
        with pytest.raises(ValueError, match="needs a list of `layers`"):
            layers.Pipeline.from_config(config)
    stranger = {"module": "builtins", "class_name": "eval", "config": {}, "registered_name": None}
    with pytest.raises((ValueError, TypeError)):
        layers.Pipeline.from_config({"name": "it", "layers": [stranger]})
    assert isinstance(
        saving.deserialize_keras_object(layers.serialize(layers.Pipeline([Plain()])), {"Plain": Plain}), layers.Pipeline
    )
