"""Plain torch modules on symbolic tensors: one recorded call each."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from torchkeras_compat.symbolic import module_calls
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.node import get_source_inputs


class Residual(nn.Module):
    """Several functions inside, a module inside, and one input handed through."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(3, 3)

    def forward(self, x, scale):
        return torch.relu(self.linear(x)) + x * scale, scale


def test_a_module_is_one_call_whatever_it_computes():
    module = Residual()
    x, scale = KerasTensor((None, 3)), KerasTensor((None, 1))
    y, handed_through = module(x, scale)
    assert y.shape == (None, 3)
    assert y.node.operation.module is module
    assert y.node.inputs == [x, scale]
    assert handed_through is scale and scale.node is None
    assert get_source_inputs(y) == [x, scale]


def test_every_call_of_a_module_is_a_call_of_one_layer():
    module = nn.Sequential(nn.Linear(3, 3), nn.ReLU())
    first = module(KerasTensor((2, 3)))
    second = module(first)
    assert second.node.operation is first.node.operation
    assert second.node.inputs == [first]


def test_a_module_that_fails_leaves_nothing_open():
    module = nn.Sequential(nn.Linear(3, 3), nn.Linear(4, 4))
    with pytest.raises(RuntimeError, match="same reduction dim"):
        module(KerasTensor((2, 3)))
    assert module_calls._current is None
    assert nn.Linear(3, 1)(KerasTensor((2, 3))).shape == (2, 1)
