"""Calls on symbolic inputs are recorded."""

from __future__ import annotations

import pytest

from tests.layers.layer.scale import Scale
from torchkeras_compat import layers
from torchkeras_compat.layers.layer.masks import get_mask
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


def test_a_symbolic_call_builds_and_is_recorded():
    layer = Scale()
    x = KerasTensor((None, 4))
    y = layer(x)
    assert layer.built
    assert y.shape == (None, 4)
    assert (layer.input is x, layer.output is y) == (True, True)


def test_symbolic_masks_follow_the_layers():
    x = layers.Embedding(5, 4, mask_zero=True)(layers.Input((3,), dtype="int32"))
    assert get_mask(x).shape == (None, 3)
    assert get_mask(layers.Dense(2)(x)) is not None
    assert get_mask(layers.LSTM(2)(x)) is None


def test_symbolic_inputs_are_checked():
    layer = layers.Dense(2)
    layer(KerasTensor((None, 4)))
    with pytest.raises(ValueError, match="expected axis -1 of input shape to have value 4"):
        layer(KerasTensor((None, 3)))
