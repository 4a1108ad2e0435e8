"""Attributes of layers: lists and dicts, copies."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
import torch
from torch import nn

from tests.layers.layer.scale import Scale
from torchkeras_compat.layers.core.dense import Dense
from torchkeras_compat.layers.layer.layer import Layer


def pickled(layer: Layer) -> Layer:
    return pickle.loads(pickle.dumps(layer))


@pytest.mark.parametrize("duplicate", [copy.deepcopy, pickled])
def test_copies_own_their_weights(duplicate, x):
    layer = Scale(activity_regularizer="l2")
    layer(x)
    twin = duplicate(layer)
    torch.testing.assert_close(twin(x), layer(x))
    twin.scale.assign(np.zeros(4))
    assert not twin(x).any()
    assert layer(x).any()
    assert twin.scale.path == "scale/scale"


def traced() -> nn.Module:
    return torch.jit.trace(nn.Linear(4, 4), torch.zeros(1, 4))


def scripted() -> nn.Module:
    return torch.jit.script(nn.Linear(4, 4))


@pytest.mark.filterwarnings("ignore:.torch.jit:DeprecationWarning")
@pytest.mark.parametrize("make", [traced, scripted])
def test_modules_of_torchscript_enter_containers_and_layers(make, x):
    module = make()
    nn.ModuleList([module])
    nn.ModuleDict({"first": module})
    block = nn.Sequential(module, Dense(2))
    block(x)
    layer = Layer()
    layer.block = block
    for _ in range(2):
        assert [v.name for v in layer.weights] == ["weight", "bias", "kernel", "bias"]


def test_a_setting_that_is_assigned_is_followed_and_one_that_is_refused_is_not_kept():
    class Power(Layer):
        _followed = frozenset({"exponent"})

        def __init__(self, exponent):
            super().__init__()
            self.exponent = exponent

        def _follow(self, name):
            super()._follow(name)
            if self.exponent < 0:
                raise ValueError(f"Received: {name}={self.exponent}")
            self._function = lambda x: x**self.exponent

        def call(self, x):
            return self._function(x)

    layer = Power(2)
    assert layer(torch.tensor([3.0])).tolist() == [9.0]
    layer.exponent = 3
    assert layer(torch.tensor([3.0])).tolist() == [27.0]
    with pytest.raises(ValueError, match="exponent=-1"):
        layer.exponent = -1
    assert layer.exponent == 3
