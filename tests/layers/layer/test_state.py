"""What every layer holds is declared and documented."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from torchkeras_compat.layers.core.dense import Dense
from torchkeras_compat.layers.core.input_layer import Input
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.layer.state import LayerState
from torchkeras_compat.models.model import Model
from torchkeras_compat.models.sequential import Sequential


def test_every_attribute_of_a_layer_is_declared():
    own = vars(Layer()).keys() - vars(nn.Module()).keys() - {"_arguments"}  # of `Operation`
    assert own <= LayerState.__annotations__.keys()


def test_every_declared_attribute_is_documented():
    undocumented = [name for name in LayerState.__annotations__ if f" {name}: " not in LayerState.__doc__]
    assert undocumented == ["_name"]  # see `name`


@pytest.mark.parametrize("name", ["_losses", "_plan", "_graph", "_building", "_state", "_adapter"])
def test_short_names_are_left_to_models_that_keep_their_own_under_them(name):
    class Subclassed(Model):
        def __init__(self):
            super().__init__()
            setattr(self, name, {"generator": "mse"})
            self.dense = Dense(1)

        def call(self, inputs):
            self.add_loss(inputs.mean())
            return self.dense(inputs)

    class Stack(Sequential):
        def __init__(self):
            super().__init__([Input((2,)), Dense(1)])
            setattr(self, name, {"generator": "mse"})

    class Functional(Model):
        def __init__(self):
            i = Input((2,))
            super().__init__(i, Dense(1)(i))
            setattr(self, name, {"generator": "mse"})

    for kind in (Subclassed, Stack, Functional):
        model = kind()
        model.compile("sgd", "mse")
        model.fit(torch.ones(2, 2), torch.ones(2, 1), verbose=0)
        assert model(torch.ones(2, 2)).shape == (2, 1)
        assert len(model.losses) == (kind is Subclassed)
        assert getattr(model, name) == {"generator": "mse"}
