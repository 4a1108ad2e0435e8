"""Several inputs cost a functional model little more than one."""

from __future__ import annotations

from collections import namedtuple

import pytest
import torch

from tests.python_calls import calls_of
from torchkeras_compat import Input, Model, layers
from torchkeras_compat.layers.layer.modes import SelfTraining
from torchkeras_compat.models import graph_model

Pair = namedtuple("Pair", "a b")


def model_of(structure):
    """A model whose output holds its inputs in the order of their names, and times two."""
    tensors = sorted(_leaves(structure), key=lambda t: t.name)
    return Model(structure, layers.Rescaling(2.0)(layers.Concatenate()(tensors)))


def _leaves(structure):
    if isinstance(structure, dict):
        return [x for value in structure.values() for x in _leaves(value)]
    if isinstance(structure, (list, tuple)):
        return [x for value in structure for x in _leaves(value)]
    return [structure]


def inputs():
    return tuple(Input((2,), name=name) for name in "abc")


A, B, C = torch.ones(1, 2), torch.full((1, 2), 2.0), torch.full((1, 2), 3.0)
EXPECTED = [[2.0, 2.0, 4.0, 4.0, 6.0, 6.0]]


def structures():
    a, b, c = inputs()
    yield "list", [a, b, c], [A, B, C]
    a, b, c = inputs()
    yield "tuple for a list", [a, b, c], (A, B, C)
    a, b, c = inputs()
    yield "names for a list", [a, b, c], {"c": C, "a": A, "b": B}
    a, b, c = inputs()
    yield "dict", {"z": a, "y": b, "x": c}, {"x": C, "y": B, "z": A}
    a, b, c = inputs()
    yield "nested", [a, {"k": b, "l": (c,)}], [A, {"l": (C,), "k": B}]
    a, b, c = inputs()
    yield "named tuple", [Pair(a, b), c], [(A, B), C]


@pytest.mark.parametrize(("structure", "data"), [pytest.param(s, d, id=name) for name, s, d in structures()])
def test_tensors_as_declared_go_straight_to_the_graph(structure, data, monkeypatch):
    model = model_of(structure)
    monkeypatch.setattr(SelfTraining, "exists", False)  # layers of other tests, which `training=False` looks for
    monkeypatch.setattr(graph_model, "arrange_inputs", None)
    monkeypatch.setattr(graph_model.Layer, "forward", model.layers[-1].forward.__func__)
    assert model(data).tolist() == EXPECTED
    assert model(data, training=False).tolist() == EXPECTED


def test_one_tensor_for_a_list_of_one_goes_straight_to_the_graph(monkeypatch):
    a = Input((2,))
    model = Model([a], layers.Rescaling(2.0)(a))
    monkeypatch.setattr(graph_model, "arrange_inputs", None)
    assert model(A).tolist() == model([A]).tolist() == [[2.0, 2.0]]


@pytest.mark.parametrize(
    "change",
    [
        lambda x: x.double(),
        lambda x: x.long(),
        lambda x: x.numpy(),
        lambda x: x[..., None],
        lambda x: x.bfloat16(),
    ],
    ids=["double", "long", "numpy", "rank", "bfloat16"],
)
def test_what_has_to_be_put_right_is_put_right(change):
    model = model_of(list(inputs()))
    assert model([A, change(B), C]).tolist() == EXPECTED


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([A, B], "expects 3 input"),
        ([A, B, torch.ones(1, 3)], r"expected shape=\(None, 2\), found shape=\(1, 3\)"),
        ({"a": A, "b": B}, r"Missing data for input \['c'\]"),
        ([A, B, None], "is None"),
    ],
)
def test_what_does_not_fit_is_refused_as_before(data, message):
    with pytest.raises(ValueError, match=message):
        model_of(list(inputs()))(data)


def test_a_mask_on_an_input_is_handed_on():
    a, b = Input((3, 2)), Input((3, 2))
    model = Model([a, b], layers.Add()([a, b]))
    x, y = torch.ones(1, 3, 2), torch.ones(1, 3, 2)
    x._keras_mask = y._keras_mask = torch.tensor([[True, False, True]])
    assert model([x, y])._keras_mask.tolist() == [[True, False, True]]


def calls_of_model(number, form):
    tensors = [Input((2,), name=f"i{k}") for k in range(number)]
    structure = tensors if form is list else {f"i{k}": t for k, t in enumerate(tensors)}
    model = Model(structure, layers.Concatenate()(tensors))
    data = [A] * number if form is list else {f"i{k}": A for k in range(number)}
    model(data)
    return calls_of(model, data)


@pytest.mark.parametrize("form", [list, dict])
def test_further_inputs_cost_nothing(form):
    assert calls_of_model(2, form) <= 32
    assert calls_of_model(9, form) - calls_of_model(2, form) == 0


def test_several_inputs_are_rounded_to_the_dtype_of_the_model():
    structure = list(inputs())
    model = model_of(structure)
    model.dtype_policy = "bfloat16"
    x = torch.full((1, 2), 1.001)
    assert model([x, x, x]).tolist() == [[2.0] * 6]
