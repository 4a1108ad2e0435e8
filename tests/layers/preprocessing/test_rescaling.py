"""`Rescaling` beside real Keras."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

from torchkeras_compat import Input, layers


@pytest.mark.parametrize(("scale", "offset"), [(1 / 255, 0.0), (2, [1.0, 2.0, 3.0, 4.0]), ([1.0, 2.0, 3.0, 4.0], -1)])
def test_rescaling_is_that_of_keras(scale: Any, offset: Any, real_keras: ModuleType) -> None:
    x = np.random.RandomState(0).randint(0, 255, size=(2, 3, 4)).astype("uint8")
    ours, theirs = layers.Rescaling(scale, offset), real_keras.layers.Rescaling(scale, offset)
    torch.testing.assert_close(ours(x), theirs(x))
    again = layers.Rescaling.from_config(ours.get_config())
    torch.testing.assert_close(again(x), ours(x))
    assert ours(Input((3, 4), dtype="uint8")).shape == (None, 3, 4)
    config, wanted = ours.get_config(), theirs.get_config()
    assert config["scale"] == wanted["scale"] and config["offset"] == wanted["offset"]


def test_layers_go_through_their_configs() -> None:
    layer = layers.Rescaling(2.0, name="double")
    assert layers.deserialize(layers.serialize(layer)).get_config() == layer.get_config()


def test_bad_input_is_refused() -> None:
    with pytest.raises(ValueError, match="scale='a'"):
        layers.Rescaling("a")


def test_numbers_that_are_assigned_count() -> None:
    layer, x = layers.Rescaling(2.0), torch.ones(1, 3)
    layer(x)
    layer.scale = 3.0
    layer.offset = [1.0, 2.0, 3.0]
    assert layer(x).tolist() == [[4.0, 5.0, 6.0]]
    with pytest.raises(ValueError, match="`offset` of Rescaling"):
        layer.offset = "x"
    assert layer.offset == [1.0, 2.0, 3.0]
