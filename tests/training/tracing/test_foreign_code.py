"""Which code may run in a step that is recorded."""

from __future__ import annotations

import functools
import gc
import math
import random
import sys

import numpy as np
import pytest
import torch
from torch.utils.checkpoint import checkpoint

from torchkeras_compat import layers
from torchkeras_compat.random.seed_generator import SeedGenerator, torch_generator
from torchkeras_compat.training.tracing.foreign_code import ForeignCode


def reason_of(code):
    with ForeignCode() as foreign:
        code()
    return foreign.reason


def test_code_of_the_user_is_noted_with_its_function_and_what_it_is_given():
    layer = layers.Lambda(lambda x, scale: x * scale, arguments={"scale": 2.0})
    with ForeignCode() as foreign:
        layer(torch.ones(1))
    (code, variables), *others = foreign.code
    assert not others
    assert (code, variables) == (layer.function.__code__, globals())
    assert [found.value for found in foreign.functions] == [layer.function]
    assert [value for _, value in foreign.given] == [2.0]


@pytest.mark.parametrize("name", ["<stdin>", "<string>"])
def test_code_typed_into_a_console_is_foreign(name):
    code = compile("1 + 1", name, "eval")
    with ForeignCode() as foreign:
        eval(code, {"__name__": "__main__"})
    assert [found for found, _ in foreign.code] == [code]


@pytest.mark.parametrize("module", [torch.nn.Linear(2, 2), layers.Dense(2)])
def test_code_of_torch_and_of_this_package_is_not(module):
    x = torch.ones(1, 2)
    module(x)
    assert reason_of(functools.partial(module, x)) is None


@pytest.mark.parametrize("collects", [True, False])
def test_what_the_collection_of_garbage_calls_is_not_code_of_the_step(collects):
    def callback(phase, info):
        pass

    threshold, was_enabled = gc.get_threshold(), gc.isenabled()
    gc.callbacks.append(callback)
    gc.set_threshold(1)
    (gc.enable if collects else gc.disable)()
    try:
        assert reason_of(functools.partial(torch.nn.Linear, 2, 2)) is None
        assert gc.isenabled() == collects
    finally:
        gc.callbacks.remove(callback)
        gc.set_threshold(*threshold)
        (gc.enable if was_enabled else gc.disable)()


@pytest.fixture
def known(all_code_is_known):
    """Code of this file counts as code of the package."""


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (lambda: random.random(), "generators of Python or NumPy"),
        (lambda: np.random.rand(), "generators of Python or NumPy"),
        (lambda: torch.manual_seed(0), "seeded"),
        (lambda: torch.Generator().manual_seed(0), "seeded"),
        (lambda: checkpoint(torch.relu, torch.ones(1, requires_grad=True), use_reentrant=False), "computed again"),
        (lambda: torch_generator(SeedGenerator(1), torch.device("cpu")), None),
        (lambda: torch.relu(torch.ones(1)), None),
    ],
)
def test_draws_and_seeds_are_seen_in_any_code(code, reason):
    found = reason_of(code)
    assert found is None if reason is None else reason in found


def test_another_profiler_is_left_alone():
    sys.setprofile(lambda *_: None)
    try:
        with ForeignCode() as foreign:
            math.sqrt(2)
        assert sys.getprofile() is not None
    finally:
        sys.setprofile(None)
    assert foreign.is_blind
