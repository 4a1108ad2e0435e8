"""What a layer finds in its attributes: lists and dicts that change, nested ones, and ones inside themselves."""

from __future__ import annotations

import torch
from torch import nn

from torchkeras_compat import layers
from torchkeras_compat.layers.core.dense import Dense
from torchkeras_compat.models.model import Model


def test_layers_added_to_a_list_later_are_found(x):
    class Grow(Model):
        def __init__(self):
            super().__init__()
            self.blocks = []
            for _ in range(2):
                self.blocks.append(Dense(4))
            self.blocks.insert(0, nn.Linear(4, 4))
            self.named = {}
            self.named["a"] = Dense(4)

        def call(self, inputs):
            for block in self.blocks:
                inputs = block(inputs)
            return self.named["a"](inputs)

    model = Grow()
    model(x)
    assert len(list(model.parameters())) == 8
    assert len(model.layers) == 3  # and a torch module
    model.blocks.pop()
    assert len(list(model.parameters())) == 6
    del model.named["a"]
    assert len(list(model.parameters())) == 4


def test_layers_in_nested_containers_are_found():
    class Nested(Model):
        def __init__(self):
            super().__init__()
            self.towers = [[Dense(1), Dense(2)], {"deep": (Dense(3),)}]

        def call(self, inputs):
            for layer in (*self.towers[0], *self.towers[1]["deep"]):
                inputs = layer(inputs)
            return inputs

    model = Nested()
    model(torch.zeros(1, 2))
    assert list(model.state_dict())[::2] == [
        "towers_0_0.linear.weight",
        "towers_0_1.linear.weight",
        "towers_1_deep_0.linear.weight",
    ]


def test_a_list_inside_itself_is_passed_over():
    layer = layers.Layer()
    layer.blocks = []
    layer.blocks.append(layer.blocks)
    layer.blocks.append(Dense(2))
    assert [type(module) for module in layer.children()] == [Dense]
