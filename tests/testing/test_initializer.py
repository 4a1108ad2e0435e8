"""Checks of initializers: each one catches the defect that was planted for it, and good initializers pass all."""

from __future__ import annotations

import functools

import pytest
import torch

from torchkeras_compat import initializers
from torchkeras_compat.initializers import Initializer
from torchkeras_compat.testing import check_initializer
from torchkeras_compat.testing.check import CHECKS, run_checks
from torchkeras_compat.testing.initializer import InitializerSubject


class AlwaysFloat32(Initializer):
    def __call__(self, shape, dtype=None, **kwargs):
        return torch.zeros(shape)

    def get_config(self):
        return {}


class ForgetsItsValue(Initializer):
    def __init__(self, value=1.0):
        self.value = value

    def __call__(self, shape, dtype=None, **kwargs):
        return torch.full(shape, self.value, dtype=getattr(torch, dtype))

    def get_config(self):
        return {}


DEFECTS = {
    "tensor": functools.partial(InitializerSubject, AlwaysFloat32),
    "config": functools.partial(InitializerSubject, ForgetsItsValue, arguments={"value": 2.0}),
}


@pytest.mark.parametrize("name", DEFECTS)
def test_exactly_one_check_catches_the_defect_that_was_planted_for_it(name: str) -> None:
    assert [result.check for result in run_checks(DEFECTS[name]()).failed] == [name]


def test_every_check_has_its_defect() -> None:
    assert set(DEFECTS) == set(CHECKS["initializer"])


@pytest.mark.parametrize("name", ["Zeros", "GlorotUniform", "Orthogonal", "TruncatedNormal"])
def test_a_good_initializer_passes(name: str) -> None:
    assert len(check_initializer(getattr(initializers, name))) == len(CHECKS["initializer"])
