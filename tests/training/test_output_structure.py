"""Targets and weights for each output: the short way for tensors gives what the walk over the structure gives."""

from __future__ import annotations

from collections import namedtuple

import pytest
import torch

from torchkeras_compat.training.output_structure import OutputStructure

A, B, C = torch.zeros(1), torch.ones(1), torch.full((1,), 2.0)
Pair = namedtuple("Pair", "x y")

GIVEN = [
    [A, B],
    (A, B),
    [A, None],
    [None, B],
    {"a": A, "b": B},
    {"b": B, "a": A},
    {"a": A, "b": None},
    {"a": A},
    {0: A, 1: B},
    {"a": A, "c": C},
    Pair(A, B),
    [A],
    [[A], B],
    [A, [B]],
    [A.numpy(), B],
    A,
    torch.zeros(2, 1),
    torch.zeros(()),
    1.5,
    [A, B, C],
]


def result(structure, what, given):
    try:
        return structure.parts(what, given, [True, True])
    except ValueError as error:
        return str(error)


@pytest.mark.parametrize("what", ["y", "sample_weight"])
@pytest.mark.parametrize("given", GIVEN, ids=lambda given: f"{type(given).__name__}")
@pytest.mark.parametrize(
    ("y_pred", "names"),
    [
        ([A, B], ["a", "b"]),
        ((A, B), None),
        ({"a": A, "b": B}, None),
        ({"b": B, "a": A}, None),
        (Pair(A, B), ["a", "b"]),
    ],
    ids=["list", "tuple", "dict", "dict in another order", "namedtuple"],
)
def test_parts_are_those_of_the_walk(y_pred, names, given, what, monkeypatch):
    structure = OutputStructure(y_pred, names)
    found = result(structure, what, given)
    monkeypatch.setattr(structure, "_plain_parts", lambda given: None)
    walked = result(structure, what, given)
    assert type(found) is type(walked)
    if isinstance(found, str):
        assert found == walked
    else:
        assert len(found) == len(walked)
        assert all(a is b for a, b in zip(found, walked, strict=True))


@pytest.mark.parametrize("y_pred", [[A, B], {"b": A, "a": B}, Pair(A, B), [A, {"k": B}]], ids=str)
def test_outputs_come_in_the_order_of_their_paths(y_pred):
    structure = OutputStructure(y_pred, None)
    found = structure.outputs(y_pred)
    assert found[0] is A
    assert found[1] is B
