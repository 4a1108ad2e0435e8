"""Calls recorded once more: graphs that start at computed tensors, and ends that are none."""

from __future__ import annotations

import pytest
import torch

from torchkeras_compat.layers.core.dense import Dense
from torchkeras_compat.layers.core.input_layer import Input
from torchkeras_compat.models.functional import Functional
from torchkeras_compat.models.model import Model


@pytest.fixture
def x() -> torch.Tensor:
    return torch.randn(3, 4)


def test_a_graph_may_start_at_a_computed_tensor(x):
    i = Input((4,))
    first, second = Dense(5), Dense(2)
    h = first(i)
    y = second(h)
    head = Model(h, y)
    assert head.layers[1:] == [second]
    torch.testing.assert_close(head(first(x)), Model(i, y)(x))
    features = Model(i, h)
    torch.testing.assert_close(features(x), first(x))


def test_features_of_a_finished_model(x):
    i = Input((4,))
    model = Model(i, Dense(2)(Dense(5, name="inner")(i)))
    features = Model(model.inputs, model.get_layer("inner").output)
    torch.testing.assert_close(features([x]), model.get_layer("inner")(x))
    assert features.weights[0] is model.weights[0]


def test_inputs_that_are_not_symbols_are_refused():
    i = Input((2,))
    with pytest.raises(ValueError, match="All `inputs` values must be KerasTensors"):
        Functional([torch.zeros(1)], i)
    with pytest.raises(ValueError, match="All `outputs` values must be KerasTensors"):
        Functional(i, 3)


def test_an_input_twice_is_refused():
    i = Input((2,))
    with pytest.raises(ValueError, match="comes twice"):
        Model([i, i], i * 2)
