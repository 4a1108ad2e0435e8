"""Names in code."""

from __future__ import annotations

import math
import types

import pytest
import torch

from torchkeras_compat.training.tracing.foreign_code import ForeignCode
from torchkeras_compat.training.tracing.mentioned_names import MentionedNames

SETTINGS = types.SimpleNamespace(scale=1.0)


def mentioned(function):
    with ForeignCode() as foreign:
        foreign.code.append((function.__code__, function.__globals__))
        foreign.writers.add(function.__code__)
    return MentionedNames(foreign)


def read(model, x):
    return model.hidden[0].units * SETTINGS.scale + torch.relu(x) * math.pi


def test_attributes_and_global_variables_are_found():
    found = mentioned(read)
    assert found.refusal is None
    assert {"hidden", "units", "scale", "read"} <= found.names
    assert "relu" not in found.names  # of a module of a library
    assert not found.is_by_name
    variables = [(id(mapping), names) for mapping, names in found.variables]
    assert (id(globals()), {"SETTINGS", "torch", "math"}) in variables
    assert (id(vars(torch)), {"relu"}) in variables
    assert "pi" in found.names


def sets(model):
    model.calls = 1


def sets_global():
    global SETTINGS
    SETTINGS = SETTINGS


def takes_apart(x):
    match x:
        case types.SimpleNamespace(scale=scale):
            return scale


def imports_what_is_not_there():
    import not_there_at_all

    return not_there_at_all


def outer():
    calls = 0

    def inner():
        nonlocal calls
        calls += 1

    return inner


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (sets, "sets or deletes `calls`"),
        (sets_global, "sets or deletes `SETTINGS`"),
        (takes_apart, "takes objects apart"),
        (imports_what_is_not_there, "imports `not_there_at_all`"),
        (outer(), "a variable of the function around it"),
        (lambda w: w.grad, "reads `grad`"),
        (lambda f: f.__globals__, "reads `__globals__`"),
    ],
)
def test_what_nobody_can_follow_is_a_reason(function, reason):
    assert reason in mentioned(function).refusal


def test_names_that_are_computed_may_be_any():
    assert mentioned(lambda x: getattr(x, "a" + "b" * x)).is_by_name
    found = mentioned(lambda x: getattr(x, "ab"))  # noqa: B009
    assert "ab" in found.names
    assert not found.is_by_name


def test_functions_of_python_that_are_handed_on_are_found():
    assert mentioned(lambda xs: list(map(print, xs))).passed == [print]
    assert mentioned(lambda xs: print(xs)).passed == []


def imports():
    from os import path

    import torch.nn.functional as F

    return F, path


def test_modules_that_code_imports_are_found():
    names = set().union(*(names for _, names in mentioned(imports).variables))
    assert {"torch", "torch.nn", "torch.nn.functional", "os"} <= names
