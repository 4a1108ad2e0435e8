"""Graphs are pickled and copied as recipes: without generated code, and without links along which copies recurse."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest
import torch

from torchkeras_compat import layers
from torchkeras_compat.models.functional import Functional
from torchkeras_compat.models.graph_recipe import recipe_of
from torchkeras_compat.models.model import Model
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


def model() -> Any:
    ids = layers.Input((4,), dtype="int32", name="ids")
    x = layers.Embedding(7, 3, mask_zero=True, name="embed")(ids)
    shared = layers.Dense(3, name="shared")
    return Model({"ids": ids}, [layers.LSTM(2, name="state")(shared(shared(x))), x])


def leaves(x: Any) -> list[Any]:
    if isinstance(x, (list, tuple)):
        return [leaf for part in x for leaf in leaves(part)]
    if isinstance(x, dict):
        return leaves(list(x.values()))
    return [x]


def test_a_recipe_holds_no_symbolic_tensor():
    recipe = recipe_of(model()._layer_graph)
    found = leaves(
        [[recipe.inputs, recipe.outputs, recipe.masks], [(s.args, s.kwargs, s.implied) for s in recipe.steps]]
    )
    assert found
    assert not any(isinstance(x, KerasTensor) for x in found)


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))], ids=["copy", "pickle"])
def test_a_copy_has_the_graph_of_the_model(duplicate):
    first = model()
    second = duplicate(first)
    assert isinstance(second, Functional)
    before, after = first._layer_graph, second._layer_graph
    assert after.module.code == before.module.code
    assert [t.name for t in after.output_tensors] == [t.name for t in before.output_tensors]
    assert [m is None for m in after.masks] == [m is None for m in before.masks] == [True, False]
    assert [o.name for o in after.operations] == [o.name for o in before.operations]
    assert len(after.explicit_nodes) == len(before.explicit_nodes)
    assert not {id(o) for o in after.operations} & {id(o) for o in before.operations}
    ids = torch.tensor([[1, 2, 0, 0]])
    for got, expected in zip(second({"ids": ids}), first({"ids": ids}), strict=True):
        torch.testing.assert_close(got, expected)


def test_a_copy_of_a_copy_shares_layers_that_are_called_twice():
    twin = copy.deepcopy(copy.deepcopy(model()))
    calls = [node.operation for node in twin._layer_graph.explicit_nodes if node.operation.name == "shared"]
    assert len(calls) == 2
    assert calls[0] is calls[1] is twin.get_layer("shared")
