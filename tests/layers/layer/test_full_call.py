"""The full call: modes and name scopes end with it."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from torchkeras_compat import layers, naming
from torchkeras_compat.layers.layer.layer import Layer


def test_a_training_argument_reaches_what_lies_below_and_ends_with_the_call(x):
    class Outer(Layer):
        def __init__(self):
            super().__init__()
            self.drop = layers.Dropout(0.5)
            self.plain = nn.Dropout(0.5)

        def call(self, inputs):
            return self.plain(self.drop(inputs))

    layer = Outer()
    assert (layer(x, training=True) == 0).any()
    assert not layer.drop.training
    torch.testing.assert_close(layer(x), x)


def test_the_mode_is_restored_after_an_error(x):
    class Fails(Layer):
        def call(self, inputs, training=False):
            raise RuntimeError("no")

    layer = Fails()
    with pytest.raises(RuntimeError, match="no"):
        layer(x, training=True)
    assert not layer.training
    assert naming.current_path() == ""
