"""Which code of others is seen, and what it may not do."""

from __future__ import annotations

import math
import random
import sys
import time
import types

import numpy as np
import pytest
import torch

from torchkeras_compat.training.tracing.foreign_code import ForeignCode, generator_in

GENERATOR = np.random.default_rng(0)
COUNT = 0


def assigns():
    global COUNT
    COUNT += 1


def draws_own():
    return GENERATOR.random()


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (lambda: print("x"), "print"),
        (lambda: time.perf_counter(), "perf_counter"),
        (lambda: random.random(), "random"),
        (lambda: random.randint(1, 2), "rand"),
        (lambda: np.random.rand(), "NumPy"),
        (assigns, "global"),
        (draws_own, "generator"),
    ],
)
def test_effects_are_seen(code, reason):
    with ForeignCode() as foreign:
        code()
    assert foreign.is_seen
    assert reason in foreign.reason


@pytest.mark.parametrize(
    "code",
    [
        lambda: math.sqrt(2),
        lambda: list(range(3)),
        lambda: torch.relu(torch.ones(2)),
        lambda: isinstance(1, int),
    ],
)
def test_computing_is_not_an_effect(code):
    with ForeignCode() as foreign:
        code()
    assert foreign.is_seen
    assert foreign.reason is None


def test_code_of_torch_may_do_anything():
    module = torch.nn.Linear(2, 2)
    x = torch.ones(1, 2)
    with ForeignCode() as foreign:
        module(x)
    assert foreign.reason is None


def test_code_typed_into_a_console_is_foreign():
    code = types.FunctionType(compile("1 + 1", "<stdin>", "eval"), {})
    with ForeignCode() as foreign:
        code()
    assert foreign.is_seen


def test_another_profiler_is_left_alone():
    calls = []
    sys.setprofile(lambda *_: calls.append(1))
    try:
        with ForeignCode() as foreign:
            math.sqrt(2)
        assert sys.getprofile() is not None
    finally:
        sys.setprofile(None)
    assert foreign.is_blind
    assert not foreign.is_seen


def test_generators_in_attributes_are_found():
    module = torch.nn.Identity()
    assert generator_in([module]) is None
    module.rng = np.random.RandomState(0)
    assert "Identity" in generator_in([module])
