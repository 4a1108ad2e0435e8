"""What a class of layers says of itself is documented; classes and instances may differ."""

from __future__ import annotations

import torch

from torchkeras_compat import layers
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.layer.traits import Traits


def test_every_trait_is_documented():
    assert [name for name in Traits.__annotations__ if f" {name}: " not in Traits.__doc__] == []


def test_a_trait_of_a_class_decides_about_its_calls():
    class Scores(Layer):
        _takes_integers = False

        def call(self, inputs):
            return inputs

    assert Scores()(torch.arange(3)).dtype is torch.float32
    assert Layer._takes_integers


def test_a_compute_mask_of_a_user_is_asked_without_a_mask():
    class Own(layers.Dense):
        def compute_mask(self, inputs, mask=None):
            return mask

    assert Own._makes_masks
    assert not layers.Dense._makes_masks
