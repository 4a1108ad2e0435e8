"""How many Python calls lie between the user's line and torch's kernels: a count does not flake, a time does.

Keras 3.15 on torch makes 301 calls for one Dense and about 2,635 for a training step of two of them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn

from torchkeras_compat.layers.core.dense import Dense
from torchkeras_compat.layers.core.input_layer import Input
from torchkeras_compat.layers.regularization.dropout import Dropout
from torchkeras_compat.models.model import Model
from torchkeras_compat.models.sequential import Sequential


def python_calls(function: Callable[..., Any], *args: Any) -> int:
    """Return the number of Python functions called by one call of ``function``."""
    function(*args)  # what happens once only is not counted
    function(*args)
    calls = 0

    def count(frame: Any, event: str, argument: Any) -> None:
        nonlocal calls
        calls += event == "call"

    sys.setprofile(count)
    try:
        function(*args)
    finally:
        sys.setprofile(None)
    return calls


@pytest.fixture
def x() -> torch.Tensor:
    return torch.randn(8, 4)


def test_a_built_dense_makes_at_most_three_times_the_calls_of_linear(x):
    linear = python_calls(nn.Linear(4, 3), x)
    assert linear == 5
    assert python_calls(Dense(3), x) <= 3 * linear
    assert python_calls(Dense(3, activation="relu"), x) <= 3 * linear


def test_a_layer_without_weights_makes_few_calls(x):
    assert python_calls(Dropout(0.5), x) <= 3 * python_calls(nn.Dropout(0.5).eval(), x)


def test_a_graph_of_layers_adds_little_to_its_layers(x):
    layers = [Dense(5, activation="relu"), Dense(3)]
    model = Sequential([Input((4,)), *layers])
    own = python_calls(model, x)
    i = Input((4,))
    twin = Model(i, layers[1](layers[0](i)))
    parts = python_calls(layers[0], x) + python_calls(layers[1], torch.randn(8, 5))
    assert own <= parts + 15
    assert python_calls(twin, x) <= own


def steps(model: Any) -> tuple[Callable, Callable]:
    """Return the step of a loop written by hand, and the step that `fit` runs."""
    plain = nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.Linear(5, 3))
    optimizer = torch.optim.Adam(plain.parameters())
    loss_function = nn.MSELoss()

    def by_hand(x: torch.Tensor, y: torch.Tensor) -> None:
        optimizer.zero_grad(set_to_none=True)
        loss = loss_function(plain(x), y)
        loss.backward()
        optimizer.step()

    model.compile("adam", loss="mse")
    step = model._make_step()
    model.train()
    return by_hand, lambda x, y: step.train(x, y, None)


def test_a_training_step_makes_at_most_twice_the_calls_of_a_plain_loop(x):
    by_hand, ours = steps(Sequential([Input((4,)), Dense(5, activation="relu"), Dense(3)]))
    y = torch.randn(8, 3)
    plain = python_calls(by_hand, x, y)
    own = python_calls(ours, x, y)
    assert own <= 2 * plain, f"{own} calls against {plain}"
    assert own <= 2 * 139, "more than twice the calls that were counted when the limit was set"
