"""What the two kinds of graph models have in common: how they are called."""

from __future__ import annotations

import pytest
import torch

from torchkeras_compat.layers.core.dense import Dense
from torchkeras_compat.layers.core.input_layer import Input
from torchkeras_compat.models.functional import Functional
from torchkeras_compat.models.graph_model import GraphModel, runs_its_graph
from torchkeras_compat.models.sequential import Sequential


class Plain(Sequential):
    """A subclass without a ``call`` of its own."""


class Doubled(Sequential):
    """A subclass with one."""

    def call(self, inputs):
        return super().call(inputs) * 2


def sequential(kind: type[Sequential] = Sequential) -> GraphModel:
    return kind([Input((4,)), Dense(2)])


def functional() -> GraphModel:
    x = Input((4,))
    return Functional(x, Dense(2)(x))


@pytest.mark.parametrize(
    ("make", "owner"),
    [
        (sequential, "Sequential"),
        (functional, "Functional"),
        (lambda: sequential(Plain), "Sequential"),
        (lambda: sequential(Doubled), "Doubled"),
    ],
)
def test_wrong_arguments_of_a_call_name_the_class_that_a_user_knows(make, owner):
    model = make()
    with pytest.raises(TypeError, match=rf"{owner}\.call\(\) got an unexpected keyword argument 'foo'"):
        model(torch.ones(1, 4), foo=1)


def test_only_a_class_without_a_call_of_its_own_runs_its_graph():
    assert runs_its_graph(Sequential)
    assert runs_its_graph(Functional)
    assert runs_its_graph(Plain)
    assert not runs_its_graph(Doubled)
    x = torch.ones(1, 4)
    model = sequential(Doubled)
    torch.testing.assert_close(model(x), model.layers[0](x) * 2)
